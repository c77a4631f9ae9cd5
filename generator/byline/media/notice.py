"""Author, licence and address written into a picture: a plain XMP packet (ISO 16684-1) with IPTC's fields."""

from html import escape
from typing import TYPE_CHECKING

from byline.values import Notice

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

_HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">'
)
_TAIL = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'


def packet(notice: Notice) -> bytes:
    """The XMP packet of a credit."""
    creator, name, address, page = (
        escape(text) for text in (notice.creator, notice.license, notice.license_url, notice.page)
    )
    parts = [_HEAD]
    if creator:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>")
        parts.append(f"<photoshop:Credit>{creator}</photoshop:Credit>")
    if name:
        alternative = f'<rdf:Alt><rdf:li xml:lang="x-default">{name}</rdf:li></rdf:Alt>'
        parts.append(f"<xmpRights:UsageTerms>{alternative}</xmpRights:UsageTerms>")
    if address:
        parts.append(f"<xmpRights:WebStatement>{address}</xmpRights:WebStatement>")
    parts.append(f"<dc:source>{page}</dc:source>")
    licensor = f'<rdf:li rdf:parseType="Resource"><plus:LicensorURL>{page}</plus:LicensorURL></rdf:li>'
    parts.append(f"<plus:Licensor><rdf:Seq>{licensor}</rdf:Seq></plus:Licensor>")
    return "".join([*parts, _TAIL]).encode()


def png_text(xmp: bytes) -> "PngInfo":
    """XMP as PNG has it."""
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    return text
