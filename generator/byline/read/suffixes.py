"""What a file is by the end of its name, and so whether it is published."""

# Suffix -> (kind, MIME type). What is not here is not published: a name says what a file is.
TYPES: dict[str, tuple[str, str]] = {
    "jpg": ("picture", "image/jpeg"),
    "jpeg": ("picture", "image/jpeg"),
    "png": ("picture", "image/png"),
    "apng": ("picture", "image/apng"),
    "gif": ("picture", "image/gif"),
    "webp": ("picture", "image/webp"),
    "avif": ("picture", "image/avif"),
    "svg": ("drawing", "image/svg+xml"),
    "mp3": ("sound", "audio/mpeg"),
    "ogg": ("sound", "audio/ogg"),
    "oga": ("sound", "audio/ogg"),
    "opus": ("sound", "audio/ogg"),
    "wav": ("sound", "audio/wav"),
    "flac": ("sound", "audio/flac"),
    "m4a": ("sound", "audio/mp4"),
    "aac": ("sound", "audio/aac"),
    "mp4": ("video", "video/mp4"),
    "m4v": ("video", "video/mp4"),
    "webm": ("video", "video/webm"),
    "ogv": ("video", "video/ogg"),
    "vtt": ("captions", "text/vtt"),
    "pdf": ("file", "application/pdf"),
    "zip": ("file", "application/zip"),
    "epub": ("file", "application/epub+zip"),
    "mid": ("file", "audio/midi"),
    **dict.fromkeys(
        "txt md csv json jsonl py js ts c h rs go java rb sh toml yaml yml srt tex html htm xml css".split(),
        ("file", "text/plain"),
    ),
}
# What can be saved as something that is published.
INSTEAD = {
    **dict.fromkeys("heic heif tif tiff bmp jp2 j2k jxl psd ico icns mpo avifs".split(), "JPEG or PNG"),
    **dict.fromkeys("mov avi mkv wmv mpg mpeg 3gp 3g2 flv".split(), "MP4 or WebM"),
    **dict.fromkeys("aif aiff wma m4b amr".split(), "MP3, M4A or FLAC"),
}


def suffix_of(path: str) -> str:
    """The lower-case ending of a file's name or an address, without dot, query and fragment."""
    if "://" in path:  # elsewhere these characters belong to a name
        path = path.partition("#")[0].partition("?")[0]
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
