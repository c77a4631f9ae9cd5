"""Markdown bodies: CommonMark, tables, footnotes, strikethrough and heading anchors, sanitised.

What depends on the archive (links by id, embedded records, files) is left open as `Ref`s, so that a body
is rendered once in its life and cached with its file. While the HTML is sanitised, a reference is a mark
in the text that holds a digest of the source: no author can forge it, since no text holds its own digest.
"""

import html
import re
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec
import nh3

from byline import text as words
from byline.fields import is_web_url
from byline.problems import Severity
from byline.read import prose
from byline.read.headings import Headings
from byline.values import NO_BODY, Body, Ref, Shape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SCHEMES = ("record", "contributor", "episode", "segment", "season", "topic", "page")
# markdown-it-py needs 4.7 s for the worst known text of 900 KB; a long novel has 500 KB.
MAX_CHARACTERS = 500_000

# Sanitising takes time by the square of how deep tags are: a tenth of a second for so many.
DEEPEST_TAGS = 5_000

_TAGS = set(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em h2 h3 h4 h5 h6 "
    "hr i ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table "
    "tbody td tfoot th thead time tr u ul var wbr".split()
)
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "div": {"tabindex"},
    "time": {"datetime"},
    "*": {"id", "lang", "dir"},
}
_CLASSES = {
    "div": {"scroll", "footnotes"},
    "sup": {"footnote-ref"},
    "ol": {"footnotes-list"},
    "li": {"footnote-item"},
    "a": {"footnote-backref"},
    "td": {"start", "center", "end"},
    "th": {"start", "center", "end"},
}
_ALIGN = {"text-align:left": "start", "text-align:center": "center", "text-align:right": "end"}
# Tags and comments in the plainest form, about which nobody can think otherwise; and what else may be some.
_TAG_LIKE = re.compile(
    r"<!--[^<>]*-->|<(?P<opened>[a-z][a-z0-9-]*)"
    r"""(?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?)*+\s*/?>"""
    r"|</(?P<closed>[a-z][a-z0-9-]*)\s*>|(?P<odd><[a-z/!?])",
    re.IGNORECASE,
)
_VOID = set("area base br col embed hr img input link meta source track wbr".split())
# What follows these is read in another way.
_OTHERWISE = set(
    "iframe math noembed noframes noscript plaintext script select style svg template textarea title "
    "xmp".split()
)
AttributeFilter = Callable[[str, str, str], str | None]
_MARK = re.compile(r"(x[0-9a-f]{16})\.(~?)(\d+)\.")
# A link that lost its address: it may not keep what is said of addresses (HTML, 4.5.1).
_UNLED = re.compile(r'<a(?: (?!href=)[a-z]+="[^"]*")+>')
_OF_ADDRESSES = re.compile(r' (?:rel|hreflang)="[^"]*"')
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


class BodyIssue(msgspec.Struct, frozen=True):
    """Something wrong in a body: at a line of the file, near a text."""

    line: int
    needle: str
    code: str
    message: str
    hint: str = ""
    severity: Severity = "warning"


@cache
def _parser(raw_html: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt  # most texts are prose, and need none of this
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": raw_html}).enable(["table", "strikethrough"])
    # What it refuses it shows as Markdown, and says nothing. Walker and sanitiser decide on every address.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.use(footnote_plugin)
    notes = '<hr>\n<div class="footnotes">\n<ol class="footnotes-list">\n'  # theirs is a section: no heading
    parser.add_render_rule("footnote_block_open", lambda *_: notes)
    parser.add_render_rule("footnote_block_close", lambda *_: "</ol>\n</div>\n")
    return parser


@cache
def _cleaner() -> nh3.Cleaner:
    """For what Markdown made of a text, which holds no HTML of its author's."""
    return _cleaner_with(None)


def _cleaner_with(attribute_filter: AttributeFilter | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


def _authored(mark: str, prefix: str) -> AttributeFilter:
    """What may stand in the attributes of HTML that an author wrote.

    A reference inside an attribute would be filled in where its quotes end that attribute, so none may
    be there. Ids carry the document's prefix, once each; `#links` follow; other relative links lead nowhere.
    """
    taken: set[str] = set()

    def own(identity: str) -> str:
        ours = identity.startswith((f"{prefix}--", f"fn-{prefix}-", f"fnref-{prefix}-"))
        return identity if ours else f"{prefix}--{identity}"

    def allowed(_tag: str, name: str, value: str) -> str | None:
        if mark in value:
            return None
        if name == "id":
            value = own("-".join(value.split()))
            unseen = value not in taken
            taken.add(value)
            return value if unseen else None
        if name == "href" and value.startswith("#"):
            return f"#{own(value[1:])}"
        return value if name != "href" or _scheme(value) else None

    return allowed


def render(
    text: str, *, first_line: int, prefix: str, raw_html: bool = False
) -> tuple[Body, tuple[BodyIssue, ...]]:
    """A body from Markdown; `prefix` goes before every id in it, `first_line` is its line in the file.

    Problems: links with schemes that are not allowed (shown as their text), characters that hide or
    reorder text (left out), a body beyond MAX_CHARACTERS (an error).
    """
    if not text.strip():
        return NO_BODY, ()
    if len(text) > MAX_CHARACTERS:
        message = f"this text has {len(text):,} characters; {MAX_CHARACTERS:,} is the limit"
        issue = BodyIssue(
            first_line, "", "body-too-long", message, "split it into several documents", "error"
        )
        return NO_BODY, (issue,)
    if not raw_html and (body := prose.render(text, prefix)):
        return body, ()
    issues: list[BodyIssue] = []
    text = words.line_feeds(text)
    if found := words.INVISIBLE.search(text):
        line = first_line + text.count("\n", 0, found.start())
        message, hint = "characters that cannot be seen were left out", "type this text again without them"
        issues.append(BodyIssue(line, found.group(), "invisible-characters", message, hint))
        text = words.INVISIBLE.sub("", text)
    body = reference(text, first_line, prefix, raw_html, issues)
    return body, tuple(issues)


def reference(text: str, first_line: int, prefix: str, raw_html: bool, issues: list[BodyIssue]) -> Body:
    """The body of a text, whatever is in it, by markdown-it-py; what is wrong in it is added to `issues`."""
    mark = "x" + blake2b(text.encode(), digest_size=8).hexdigest()
    parser = _parser(raw_html)
    env: dict[str, Any] = {"docId": prefix}
    tokens = parser.parse(text, env)
    walker = _Walker(mark, first_line, prefix, issues)
    tokens = list(walker.blocks(tokens))
    markup = parser.renderer.render(tokens, parser.options, env)
    if raw_html and _is_too_deep(markup):
        message = f"more than {DEEPEST_TAGS:,} tags stand inside each other"
        issues.append(BodyIssue(first_line, "", "html-too-deep", message, "close what is opened", "error"))
        return NO_BODY
    clean = _sanitised(markup, (lambda: _cleaner_with(_authored(mark, prefix))) if raw_html else _cleaner)
    plain = words.opening(" ".join(words.clean("".join(walker.plain)).split()))
    return Body(tuple(_cut(clean, mark)), tuple(walker.refs), plain)


def _is_too_deep(markup: str) -> bool:
    """Whether more tags may be open at once than sanitising takes; what is odd closes nothing any more."""
    opened: list[str] = []
    odd = False
    for found in _TAG_LIKE.finditer(markup):
        name = (found["opened"] or found["closed"] or "").lower()
        odd = odd or bool(found["odd"]) or name in _OTHERWISE
        if found["closed"]:
            if not odd and opened and opened[-1] == name:
                opened.pop()
        elif (name or found["odd"]) and name not in _VOID:
            opened.append(name)
            if len(opened) > DEEPEST_TAGS:
                return True
    return False


def _sanitised(markup: str, cleaner: Callable[[], nh3.Cleaner]) -> str:
    """HTML that can do nothing. Entities can write what was left out of the text before it was parsed.

    Leaving that out can make a scheme of what was none ("java&#x202e;script:"), so sanitising comes last.
    """
    once = cleaner().clean(markup)
    shown = words.clean(once)
    safe = once if shown == once else cleaner().clean(shown)
    return _UNLED.sub(lambda link: _OF_ADDRESSES.sub("", link[0]), safe)


def _cut(clean: str, mark: str) -> Iterator[str | int]:
    start = 0
    for found in _MARK.finditer(clean) if mark in clean else ():
        if found[1] != mark:
            continue
        if found.start() > start:
            yield clean[start : found.start()]
        start = found.end()
        yield ~int(found[3]) if found[2] else int(found[3])
    if start < len(clean):
        yield clean[start:]


class _Walker:
    """One pass over the tokens of a body; collects references, plain text and issues."""

    def __init__(self, mark: str, first_line: int, prefix: str, issues: list[BodyIssue]) -> None:
        self.mark, self.first_line, self.prefix, self.issues = mark, first_line, prefix, issues
        self.refs: list[Ref] = []
        self.plain: list[str] = []
        self.line = first_line

    def blocks(self, tokens: list["Token"]) -> Iterator["Token"]:
        """The tokens of a document, with references marked."""
        headings = Headings(self.prefix, (token.tag for token in tokens if token.type == "heading_open"))
        tag = ""
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.map:
                self.line = self.first_line + token.map[0]
            if token.type == "heading_open":
                tag, identity = headings.place(token.tag, self._shown(tokens[at + 1]))
                token.tag = tag
                token.attrSet("id", identity)
            elif token.type == "heading_close":
                token.tag = tag
            elif token.type in ("th_open", "td_open") and "style" in token.attrs:
                token.attrs = {"class": _ALIGN[str(token.attrs["style"])]}
            elif token.type == "paragraph_open" and self._only_images(tokens[at + 1]):
                for child in tokens[at + 1].children or []:
                    if child.type == "image":
                        yield _token("html_block", self._image(child, "block") + "\n")
                at += 3
                continue
            elif token.type == "inline":
                token.children = list(self._inline(token.children or []))
            elif token.type == "table_open":
                yield _token("html_block", '<div class="scroll" tabindex="0">\n')
            yield token
            if token.type == "table_close":
                yield _token("html_block", "</div>\n")
            at += 1

    def _only_images(self, inline: "Token") -> bool:
        children = inline.children or []
        return any(child.type == "image" for child in children) and all(
            child.type in ("image", "softbreak") or not (child.type != "text" or child.content.strip())
            for child in children
        )

    def _shown(self, inline: "Token") -> str:
        return "".join(child.content for child in inline.children or [] if child.type != "image")

    def _inline(self, children: list["Token"]) -> Iterator["Token"]:
        open_links: list[int | None] = []
        for at, child in enumerate(children):
            if child.type == "link_open":
                empty = at + 1 < len(children) and children[at + 1].type == "link_close"
                yield from self._link(child, empty, open_links)
            elif child.type == "link_close":
                index = open_links.pop()
                if index is None:
                    yield child
                elif index >= 0 and self.refs[index].shape == "link":
                    yield _token("text", f"{self.mark}.~{index}.")
            elif child.type == "image":
                yield _token("text", self._image(child, "inline"))
            else:
                if child.type in ("text", "code_inline"):
                    self.plain.append(child.content)
                elif child.type in ("softbreak", "hardbreak"):
                    self.plain.append(" ")
                yield child
        self.plain.append(" ")

    def _mark(self, ref: Ref) -> str:
        self.refs.append(ref)
        return f"{self.mark}.{len(self.refs) - 1}."

    def _link(self, token: "Token", empty: bool, open_links: list[int | None]) -> Iterator["Token"]:
        """A link: kept (None), left open as a reference (its index), or dropped (-1)."""
        href = str(token.attrs.get("href", ""))
        scheme = _scheme(href)
        if scheme in ("http", "https", "mailto") and (scheme == "mailto" or is_web_url(href)):
            open_links.append(None)
            yield token
        elif href.startswith("#"):
            token.attrs["href"] = f"#{self.prefix}--{unquote(href[1:])}"
            open_links.append(None)
            yield token
        elif ref := self._reference(href, "title" if empty else "link", ""):
            open_links.append(len(self.refs))
            yield _token("text", self._mark(ref))
        else:
            open_links.append(-1)

    def _image(self, token: "Token", shape: Shape) -> str:
        src = str(token.attrs.get("src", ""))
        alt = words.clean("".join(_alt(token.children or [])))
        if _scheme(src) in ("http", "https") and is_web_url(src):
            return self._mark(Ref("url", src, shape, text=alt, line=self.line))
        ref = self._reference(src, shape, alt)
        if ref:
            return self._mark(ref)
        return html.escape(alt, quote=False) if shape == "block" else alt

    def _reference(self, href: str, shape: Shape, text: str) -> Ref | None:
        scheme = _scheme(href)
        target, _, fragment = href[len(scheme) + 1 if scheme else 0 :].partition("#")
        target, fragment = unquote(target), unquote(fragment)
        if not scheme and target and not target.startswith(("/", "\\")):
            return Ref("file", target, shape, fragment, text, self.line)
        if scheme in SCHEMES:
            return Ref(scheme, target, shape, fragment, text, self.line)
        near = words.nearest(scheme, SCHEMES)
        hint = f'did you mean "{near}:"?' if near else "link to https://…, a file beside the document, "
        hint += "" if near else "or a document (record:ID, page:PATH …)"
        message = f"this link cannot be followed: {words.clean(unquote(href)) or '(empty)'}"
        self.issues.append(BodyIssue(self.line, href, "bad-link", message, hint))
        return None


def _token(kind: str, content: str) -> "Token":
    from markdown_it.token import Token

    return Token(kind, "", 0, content=content)


def _scheme(href: str) -> str:
    found = _SCHEME.match(href)
    return found.group(1).lower() if found else ""


def _alt(children: list["Token"]) -> Iterator[str]:
    """The text of an image's description, whatever is nested in it, without recursion."""
    stack = list(reversed(children))
    while stack:
        token = stack.pop()
        if token.children:
            stack.extend(reversed(token.children))
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        else:
            yield token.content
