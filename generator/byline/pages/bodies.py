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
    if ref.shape != "title":
        return f'<a href="{escape(href)}">'
    own = here.archive.settings.archive.language
    theirs = (ref.scheme != "file" and here.language(_key(here, document, ref))) or own
    said = f' lang="{escape(theirs)}"' if theirs != (document.language or own) else ""
    return f'<a href="{escape(href)}"{said}>{title}</a>'


def _title(here: Here, document: Document, ref: Ref) -> str:
    """What a link without words says; nothing where it leads to what is not published yet.

    The id of a draft may tell what is not to be told. Contributors are named all the same.
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
    lines = here.archive.record_credits[record.id]
    people, _ = here.people(lines)
    # For programs, and in the middle of a line, names and titles stand alone (decision 44).
    here.named.add(record.id)
    here.named.update([line.who for line in lines if line.who in here.archive.library.contributors])
    media = media_of(here, record.media[:1], record)
    quote_text = "" if media else record.body.plain or record.summary
    license_ = here.license_of(record)
    return el.Embed(block, media, here.link(key), kind, people, license_, quote_text, alt=alt)


def html_of(here: Here, body: el.Body) -> str:
    """A body as HTML alone, for programs: what is shown in it by the plainest element that there is."""
    return "".join([part.html if isinstance(part, el.Html) else _plain(here, part) for part in body])


def _plain(here: Here, shown: el.Embed) -> str:
    if not shown.block:
        picture = shown.media[0].picture if shown.media else None
        words = shown.alt or (shown.record.text if shown.record else "")
        return _img(picture, words) if picture else escape(words, quote=False)
    work = "".join([_plain_medium(medium) for medium in shown.media])
    if shown.record is None:
        return work
    if shown.tombstone:
        work = f"<p>{escape(here.say('This was withdrawn.'), quote=False)}</p>"
    elif shown.quote:
        work = f"<blockquote><p>{escape(shown.quote, quote=False)}</p></blockquote>"
    people = here.joined([here.called(person) for person in shown.people])
    license_ = shown.license or el.Link("")
    said = [f"<cite>{_a(shown.record)}</cite>", escape(people, quote=False), _a(license_)]
    return f"<figure>{work}<figcaption>{' '.join(filter(None, said))}</figcaption></figure>"


def _plain_medium(medium: el.Medium) -> str:
    if medium.picture:
        return _img(medium.picture, medium.alt or "")
    if medium.kind in ("sound", "video"):
        element = "audio" if medium.kind == "sound" else "video"
        return f'<{element} controls src="{escape(medium.href)}"></{element}>'
    if medium.kind == "missing":
        return f"<p>{escape(medium.alt or '', quote=False)}</p>"
    return f"<p>{_a(el.Link(medium.name or medium.href, medium.href))}</p>"


def _img(picture: el.Picture, alt: str) -> str:
    return f'<img src="{escape(picture.src)}" alt="{escape(alt)}">'


def _a(link: el.Link) -> str:
    text = escape(link.text, quote=False)
    return f'<a href="{escape(link.href)}">{text}</a>' if link.href else text
