"""The people of the Minute as paper shapes."""

from collections.abc import Callable

from PIL import Image

from media.curves import arc, outline, smooth
from media.paper import Paper, mix
from media.things import CREAM, GOLD, INK, RED, TEAL

SIZE = 480


def bust(p: Paper, skin: str, coat: str, *, wide: float = 92, long: float = 116) -> None:
    """Shoulders, neck and an empty face."""
    p.poly([*smooth(outline("50,480 76,404 150,372 240,364 330,372 404,404 430,480"))], coat, 6)
    p.poly(outline("204,320 276,320 284,384 240,408 196,384"), mix(skin, "#000000", 0.18))
    p.disc(240, 232, wide, skin, long, 4)


def face(p: Paper, skin: str, mouth: float = 0.5, eyes: bool = True, lips: str = "") -> None:
    """Eyes, a nose in one line, and a mouth that bends by `mouth`."""
    dark = mix(skin, "#160c10", 0.72)
    if eyes:
        for x in (204, 276):
            p.disc(x, 224, 8, dark)
            p.line(arc(x, 214, 20, 14, 215, 325), dark, 5)
    p.line([(242, 222), (232, 262), (246, 266)], mix(skin, "#000000", 0.35), 5)
    p.line(arc(240, 292 - 18 * mouth, 30, 4 + 22 * abs(mouth), 25, 155), lips or dark, 13 if lips else 6)


def ottoline(p: Paper) -> None:
    p.poly([*arc(240, 220, 122, 150, 150, 390)], "#a5361f", 5)
    bust(p, "#f1c9a8", "#25406b")
    p.poly(
        [
            *arc(240, 210, 100, 106, 180, 360),
            (330, 200),
            (300, 176),
            (268, 192),
            (232, 172),
            (196, 194),
            (160, 180),
        ],
        "#c8452e",
    )
    face(p, "#f1c9a8")
    for x in (202, 278):
        p.line(arc(x, 226, 32, 32, 0, 360), INK, 7)
    p.line([(234, 222), (246, 222)], INK, 7)


def ifeoluwa(p: Paper) -> None:
    bust(p, "#6f422a", "#e0a526")
    wrap = smooth(outline("140,196 128,120 180,40 262,18 352,66 350,150 338,196 240,158 140,196"))
    p.poly(wrap, "#2c8c57", 5)
    for k in range(4):
        p.line(
            smooth([(150 + k * 14, 180 - k * 6), (206 + k * 22, 110 - k * 8), (330 - k * 6, 72 + k * 26)]),
            "#1d6b40",
            6,
        )
    p.disc(300, 62, 34, "#39a96b", shadow=3)
    face(p, "#6f422a", 0.7)
    for x in (146, 334):
        p.disc(x, 268, 12, GOLD)


def jun(p: Paper) -> None:
    p.rect(150, 150, 180, 100, "#211d22")
    bust(p, "#e8bf95", "#3d4f45")
    face(p, "#e8bf95", 0.3)
    p.rect(140, 108, 200, 84, "#33579a", 4)
    p.rect(120, 184, 240, 20, "#24407a", 3)
    p.poly(outline("204,276 238,270 276,276 264,286 240,281 216,286"), "#211d22")


def marisela(p: Paper) -> None:
    p.poly(arc(240, 216, 118, 146, 140, 400), "#241a20", 5)
    bust(p, "#c98d62", "#7a2b4a")
    p.poly(smooth(outline("40,480 96,398 190,360 240,420 290,360 384,398 440,480")), "#e57b2c", 5)
    p.poly(
        [*arc(240, 214, 98, 110, 180, 360), (336, 208), (296, 168), (236, 140), (178, 172), (144, 208)],
        "#241a20",
    )
    face(p, "#c98d62")
    for k in range(6):
        p.disc(352 - (k % 2) * 12, 296 + k * 30, 26 - k, "#241a20", 19, 2)
    p.disc(346, 470, 16, RED)


def vlatko(p: Paper) -> None:
    bust(p, "#e9b995", "#4c2d2d")
    p.poly([*arc(240, 190, 98, 94, 180, 360), (326, 190), (300, 158), (180, 158), (154, 190)], "#8b8b90", 3)
    face(p, "#e9b995", 0.6)
    p.poly(
        smooth(
            outline(
                "142,250 92,330 104,404 172,440 240,416 308,440 376,404 388,330 338,250 300,292 "
                "240,276 180,292 142,250"
            )
        ),
        "#9b9aa0",
        5,
    )
    for k in range(8):
        p.line([(130 + k * 31, 318), (124 + k * 33, 396)], "#7c7b83", 5)
    p.line(arc(240, 292, 26, 14, 20, 160), "#5a1d1d", 8)


def devaki(p: Paper) -> None:
    p.disc(240, 66, 54, "#1f1a1d", shadow=4)
    p.line([(150, 102), (338, 36)], GOLD, 13)
    p.poly([(338, 42), (362, 27), (335, 30)], INK)
    p.poly(arc(240, 206, 110, 116, 160, 380), "#1f1a1d")
    bust(p, "#b87a50", "#1f7a7a")
    p.poly(
        [*arc(240, 206, 100, 104, 180, 360), (338, 214), (290, 160), (240, 146), (190, 160), (142, 214)],
        "#1f1a1d",
    )
    face(p, "#b87a50")
    p.disc(240, 178, 7, RED)


def lin(p: Paper) -> None:
    p.poly([(122, 380), (118, 200), *arc(240, 200, 122, 130, 180, 360), (362, 200), (358, 380)], "#17151c", 5)
    bust(p, "#f0cfa8", "#d7dbe0")
    p.poly([*arc(240, 202, 96, 108, 180, 360), (336, 214), (144, 214)], "#17151c")
    face(p, "#f0cfa8", 0.2)
    p.rect(238, 176, 150, 98, "#2a2d36", 6)
    p.disc(292, 226, 36, "#dfe3e8")
    p.disc(292, 226, 28, "#33475f")
    p.disc(283, 217, 9, "#a9c6e3")
    p.rect(262, 160, 40, 18, "#2a2d36")
    p.disc(366, 194, 7, RED)


def samira(p: Paper) -> None:
    p.poly(smooth(outline("96,480 110,260 150,120 240,78 330,120 370,260 384,480")), "#136a6b", 6)
    bust(p, "#d9a274", "#0f5557")
    p.poly(smooth(outline("120,480 130,300 150,380 240,410 330,380 350,300 360,480")), "#1b8585")
    p.poly([*arc(240, 232, 112, 140, 0, 360), (352, 232), *arc(240, 244, 82, 102, 0, -360)], "#1b8585")
    face(p, "#d9a274", 0.5)
    p.line([(392, 470), (372, 356)], "#d9a274", 30)
    p.disc(371, 350, 15, INK)


def tigist(p: Paper) -> None:
    for x, y in (
        (140, 150),
        (190, 98),
        (250, 84),
        (308, 106),
        (346, 158),
        (126, 214),
        (358, 220),
        (150, 270),
        (334, 272),
    ):
        p.disc(x, y, 52, "#2a1a17")
    bust(p, "#875236", "#f6efe2")
    p.poly(smooth(outline("60,480 110,372 200,350 300,398 420,400 440,480")), "#fffaf0", 6)
    p.line(smooth([(96, 404), (190, 374), (300, 424), (420, 426)]), "#2c8c57", 12)
    p.line(smooth([(90, 424), (190, 394), (300, 444), (420, 446)]), GOLD, 6)
    for x in range(160, 330, 28):
        p.disc(x, 136 - 14 * (1 - abs(x - 242) / 100), 24, "#2a1a17")
    face(p, "#875236", 0.6)


def edmund(p: Paper) -> None:
    for x in (136, 344):
        p.disc(x, 246, 40, "#e6b79b", 54, 4)
        p.disc(x, 248, 20, "#d69c80", 32)
    bust(p, "#efc8ae", "#5b6650", wide=88)
    for x, y in ((160, 172), (320, 172), (176, 142), (304, 142), (240, 122), (208, 126), (272, 126)):
        p.disc(x, y, 26, "#f7f5ef")
    face(p, "#efc8ae", 0.6)
    p.poly([(240, 392), (176, 362), (176, 424)], RED, 3)
    p.poly([(240, 392), (304, 362), (304, 424)], RED, 3)
    p.disc(240, 393, 14, mix(RED, "#000000", 0.3))


def ilkay(p: Paper) -> None:
    bust(p, "#e5b58c", "#f0ead9")
    face(p, "#e5b58c", 0.1)
    p.poly([*arc(240, 190, 106, 118, 180, 360), (350, 204), (130, 204)], "#2f6fb5", 4)
    p.rect(126, 184, 228, 38, "#24568f", 3)
    p.disc(240, 70, 20, "#24568f")
    for k in range(4):
        p.rect(184 + (k % 2) * 58, 396 + (k // 2) * 42, 52, 36, (RED, GOLD, TEAL, INK)[k])


def kirsikka(p: Paper) -> None:
    p.poly(smooth(outline("80,480 96,260 150,96 240,48 330,96 384,260 400,480")), "#f5c518", 6)
    p.poly(arc(240, 236, 116, 142, 0, 360), "#b98f00")
    bust(p, "#f4d3bb", "#f5c518")
    p.poly([*arc(240, 190, 90, 80, 180, 360), (328, 196), (240, 166), (152, 196)], "#dfc48f")
    face(p, "#f4d3bb", 0)
    p.line([(240, 396), (240, 480)], "#b98f00", 6)


def delphine(p: Paper) -> None:
    p.poly([(130, 330), *arc(240, 206, 118, 128, 175, 365), (350, 330)], "#e9d8a6", 5)
    bust(p, "#f3cdb2", "#141318")
    p.poly([*arc(240, 200, 98, 104, 180, 360), (338, 216), (280, 150), (142, 210)], "#f2e3b4")
    face(p, "#f3cdb2", 0.5, eyes=False, lips="#c1121f")
    for x in (198, 282):
        p.disc(x, 224, 40, "#141318", 32, 3)
    p.line([(230, 214), (250, 214)], "#141318", 8)
    p.rect(310, 400, 96, 56, "#fff3dc", 4)
    p.text("09", 334, 416, 24, RED, 5)


def choir(p: Paper) -> None:
    skins = ("#f1c9a8", "#8a5a3c", "#e8bf95", "#6f422a", "#d9a274")
    tops = ("#c8452e", "#1d2a44", "#211d22", "#2a1a17", "#f2b632")
    for k, (x, y) in enumerate(((96, 250), (168, 150), (286, 128), (376, 200), (394, 320))):
        p.disc(x, y - 8, 66, tops[k], 70, 4)
        p.disc(x, y + 6, 54, skins[k], 60)
        for side in (-18, 18):
            p.line(arc(x + side, y + 2, 9, 8, 190, 350), INK, 5)
        p.disc(x, y + 34, 13, "#4a1218", 17)
    p.poly([(120, 330), (330, 330), (312, 460), (138, 460)], "#54606e", 6)
    p.disc(225, 330, 106, "#e57b2c", 24)
    for x in (108, 342):
        p.line(arc(x, 366, 20, 20, 0, 360), "#39434f", 9)
    for k in range(3):
        p.line(arc(190 + k * 36, 300 - k * 9, 10, 26, 90, 270), CREAM, 6)


def bo(p: Paper) -> None:
    p.disc(240, 430, 170, "#7b4fa3", shadow=6)
    p.disc(240, 236, 104, "#d8a47f", shadow=4)
    p.poly(smooth(outline("150,180 170,80 280,56 352,110 300,120 330,168 240,150 150,180")), "#ef5b5b", 4)
    face(p, "#d8a47f", 0.8)


PORTRAITS: dict[str, tuple[Callable[[Paper], None], str]] = {
    "ottoline-brask": (ottoline, "#f2c14e"),
    "ifeoluwa-adebayo": (ifeoluwa, "#f3a683"),
    "jun-harukawa": (jun, "#f7e1d7"),
    "marisela-de-la-quinta": (marisela, "#9ad1d4"),
    "vlatko-dimeski": (vlatko, "#c9d6a3"),
    "devaki-ranade": (devaki, "#f6bd60"),
    "lin-yuehe": (lin, "#9fb8ad"),
    "samira-al-bahri": (samira, "#f2d0a4"),
    "tigist-alemayehu": (tigist, "#e07a5f"),
    "edmund-farrowby": (edmund, "#a8c69f"),
    "ilkay-demirtepe": (ilkay, "#ffd6a5"),
    "kirsikka-yliaho": (kirsikka, "#7ea8be"),
    "delphine-marchetoile": (delphine, "#d6a2ad"),
    "wednesday-kitchen-choir": (choir, "#bcd8c1"),
    "bo": (bo, "#ffe66d"),
}


def portrait(id: str) -> Image.Image:
    """The avatar of a contributor, 480 pixels square."""
    draw, ground = PORTRAITS[id]
    p = Paper(SIZE, SIZE, ground)
    p.disc(240, 250, 214, mix(ground, "#ffffff", 0.28))
    draw(p)
    return p.done()
