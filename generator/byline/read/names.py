"""What the names of files and folders mean, and what was probably meant by one that is nearly right."""

from byline import text as words
from byline.values import DocumentKind

FOLDERS: dict[str, DocumentKind] = {
    "seasons": "season",
    "topics": "topic",
    "episodes": "episode",
    "records": "record",
    "contributors": "contributor",
    "pages": "page",
    "segments": "segment",
}
LEDGERS = (".csv", ".jsonl")
# What editors and spreadsheets make of the names of documents and ledgers, in any case.
NEARLY_MD = (".md.txt", ".markdown", ".mdown", ".mkd")
TABLES = (*LEDGERS, ".csv.txt", ".jsonl.txt", ".json", ".tsv", ".xls", ".xlsx", ".ods", ".numbers")


def as_md(name: str) -> str:
    """What a document is called that an editor saved under this name; it as it is where it is none."""
    lower = name.lower()
    for ending in (*NEARLY_MD, ".md"):
        if lower.endswith(ending):
            return name[: -len(ending)].lower() + ".md"
    return name


def as_ledger(name: str) -> str:
    """What to do with a table that is not called as a ledger is, and was probably meant to be one; or ""."""
    stem, _, ending = name.partition(".")
    near = words.nearest(stem, FOLDERS)
    right = f"{near}.{'jsonl' if 'json' in ending.lower() else 'csv'}"
    if not near or ending.lower().removesuffix(".txt") in ("csv", "jsonl"):
        return words.did_you_mean(near and right)
    return f'save it as "{right}"'
