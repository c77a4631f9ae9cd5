"""Bodies as pages show them: HTML that was made safe, with what was referred to looked up in the archive."""

from html import escape
from urllib.parse import quote

from byline.mentions import file_beside, full_target
from byline.pages import elements as el
from byline.pages.here import Here
from byline.pages.media_views import file_link, media_of, medium_of
from byline.read.headings import prefix_of
from byline.text import digest
from byline.values import Body, Document, Key, Media, Record, Ref
from byline.wordless import parts_of


def body_of(here: Here, document: Document, body: Body) -> el.Body:
    """A body with its references looked up; what cannot be found is shown as its text.

    Raises LookupError where it is not one that the page opens.
    """
    here.open(document)
    parts: list[el.Html | el.Embed] = []
    html: list[str] = []
    for part in parts_of(body):
        if isinstance(part, str):
            html.append(part)
        elif part < 0:
            if _target(here, document, body.refs[~part]):
                html.append("</a>")
        else:
            shown = _reference(here, document, body.refs[part])
            if isinstance(shown, str):
                html.append(shown)
                continue
            if html:
                parts.append(el.Html("".join(html)))
                html = []
            parts.append(shown)
    if html:
        parts.append(el.Html("".join(html)))
    return tuple(parts)


def _reference(here: Here, document: Document, ref: Ref) -> str | el.Embed:
    if ref.shape in ("block", "inline"):
        return _embed(here, document, ref) or escape(ref.text, quote=False)
    href = _target(here, document, ref)
    title = ""
    if ref.shape == "title":
        title = escape(_title(here, document, ref), quote=False)
    if href is None:
        return title
    opening = f'<a href="{escape(href)}">'
    return f"{opening}{title}</a>" if ref.shape == "title" else opening


def _title(here: Here, document: Document, ref: Ref) -> str:
    """What a link without words says; nothing where it leads to what is not published yet.

    The id of a draft may tell what is not to be told. Contributors are named all the same (rulings 17).
    """
    if ref.scheme == "file":
        return ref.target
    key = _key(here, document, ref)
    return here.title(key) if ref.scheme == "contributor" or here.document(key) else ""


def _target(here: Here, document: Document, ref: Ref) -> str | None:
    if ref.scheme == "file":
        link = file_link(here, file_beside(document, ref))
        return link.href if link else None
    key = _key(here, document, ref)
    found = here.document(key)
    if found is None:
        return None
    href = here.page_href(key)
    fragment = f"#{prefix_of(found.id)}--{quote(ref.fragment)}" if ref.fragment else ""
    return href + fragment if href is not None else None


def _key(here: Here, document: Document, ref: Ref) -> Key:
    """The key of what a link names, be it somebody by a former id."""
    target = full_target(document, ref)
    if ref.scheme == "contributor" and target not in here.archive.people:
        target = here.archive.library.former.get(digest(target), target)
    return (ref.scheme, target)


def _embed(here: Here, document: Document, ref: Ref) -> el.Embed | None:
    block = ref.shape == "block"
    if ref.scheme == "record":
        record = here.archive.library.records.get(ref.target)
        return record_embed(here, record, block, ref.text) if record else None
    if ref.scheme in ("file", "url"):
        file = file_beside(document, ref) if ref.scheme == "file" else ""
        media = Media(file=file, url="" if file else ref.target, alt=ref.text)
        shown = medium_of(here, media, document) if file or ref.scheme == "url" else None
        return el.Embed(block, (shown,), alt=ref.text) if shown else None
    return None


def record_embed(here: Here, record: Record, block: bool, alt: str) -> el.Embed:
    """A record shown in a body, with its credit line."""
    key = ("record", record.id)
    kind = here.say(here.kind_of(record).label)
    if record.withdrawn:
        return el.Embed(block, (), here.link(key), kind, tombstone=True)
    people, _ = here.people(here.archive.record_credits[record.id])
    media = media_of(here, record.media[:1], record)
    quote_text = "" if media else record.body.plain or record.summary
    license_ = here.license_of(record)
    return el.Embed(block, media, here.link(key), kind, people, license_, quote_text, alt=alt)
