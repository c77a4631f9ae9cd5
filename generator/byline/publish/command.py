"""What `byline publish` does, step by step: check, plan, build, send."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from byline.asked import Asked, Progress
from byline.build import make_site
from byline.checking import check
from byline.deploy import SECRET, Deploy
from byline.memory import many_values
from byline.objects import words
from byline.pages import rules
from byline.problems import Located
from byline.publish import branch, plan, purge, sending, site
from byline.publish import release as r
from byline.publish.hosts import BY_NAME, limits
from byline.publish.sending import Order, Outcome, Refused
from byline.read.places import pinpoint
from byline.reading import read_settings
from byline.settings import PLACEHOLDER_URL
from byline.stages import Checked
from byline.survey import read_manifest
from byline.text import did_you_mean, nearest
from byline.values import Manifest

# What is shorter is no secret, but perhaps a word.
SECRET_LENGTH = 8
# Who logs in, and what follows the question mark, in addresses that others say again.
_LOGIN, _QUERY = re.compile(r"//[^/@\s]+@"), re.compile(r"(://[^\s?]*\?)[^\s'\")]+")


class Publishing(msgspec.Struct, frozen=True):
    """What an editor asked for."""

    root: Path
    name: str
    output: Path | None
    cache: Path
    overrides: tuple[str, ...] = ()
    on: str = ""
    dry_run: bool = False
    max_deletes: int | None = None
    take_over: bool = False


class Faulty(msgspec.Struct, frozen=True):
    """Content that cannot be published, with its problems."""

    located: tuple[Located, ...]


class Done(msgspec.Struct, frozen=True):
    """What was sent to where, or would be."""

    name: str
    deploy: Deploy
    base_url: str
    outcome: Outcome


def _archive(asked: Publishing, report: Progress) -> Asked:
    """What is asked of checking and building."""
    return Asked(asked.root, asked.overrides, asked.on, asked.cache, progress=report)


def publish(asked: Publishing, report: Progress) -> Done | Faulty:
    """Build the site of an archive and send what differs. Raises Refused."""
    with many_values():
        checked = check(_archive(asked, report), keeps=True)
    if not checked.sound or checked.archive is None:
        return Faulty(pinpoint(asked.root, checked.problems))
    name, deploy = choose(checked.settings.deploy, asked.name)
    base_url = checked.settings.archive.base_url
    if base_url == PLACEHOLDER_URL:
        raise Refused(
            "base_url in byline.toml is still the one of `byline new`; write where the site will be"
        )
    output = asked.output if asked.output is not None else asked.root / checked.settings.build.output
    if deploy.to == "folder":
        _apart(asked.root, checked.settings.build.content, output, asked.root / deploy.path)
    planned = plan.plan(asked.root, checked, read_manifest(output))
    if told := plan.faults(planned, limits()[deploy.to], deploy.redirects == "rules"):
        raise Refused(f"{told[0]}; `byline plan --deploy {name}` says what can be left out")
    built = make_site(_archive(asked, report), checked, asked.output)
    if not built.done:
        return Faulty(built.located)
    with _alone(asked.cache / "publish" / name) as (folder, me):
        table = rules.rules(checked.archive)
        files = site.assemble(output, read_manifest(output), checked.outputs, table, deploy, folder, report)
        entries = {path: file.entry for path, file in files.items()}
        release = site.release(checked.archive, checked.outputs, table, deploy, entries)
        order = Order(me, asked.max_deletes, asked.take_over, asked.dry_run)
        with _errors():
            if opener := BY_NAME[deploy.to].depot:
                outcome = sending.publish(opener(deploy, asked.root), files, release, order, report)
            else:
                there = branch.Branch(deploy, asked.root, site.prefix_of(deploy, table), folder)
                outcome = branch.publish(there, files, release, order, plan.room(limits()[deploy.to]))
    return Done(name, deploy, base_url, outcome)


def roll_back(asked: Publishing, report: Progress) -> Done | Faulty:
    """Return to the release before. Raises Refused."""
    configured, problems = read_settings(asked.root, asked.overrides)
    if configured is None or any(problem.severity == "error" for problem in problems):
        return Faulty(pinpoint(asked.root, problems))
    name, deploy = choose(configured.deploy, asked.name)
    with _alone(asked.cache / "publish" / name) as (folder, me), _errors():
        order = Order(me, asked.max_deletes, asked.take_over, asked.dry_run)
        if opener := BY_NAME[deploy.to].depot:
            outcome = sending.roll_back(opener(deploy, asked.root), order, report)
        else:
            prefix = site.prefix_of(deploy, rules.Rules(configured.base_path, (), (), ""))
            outcome = branch.roll_back(branch.Branch(deploy, asked.root, prefix, folder), order)
    return Done(name, deploy, configured.archive.base_url, outcome)


def choose(deploys: dict[str, Deploy], name: str) -> tuple[str, Deploy]:
    """The place that is meant. Raises Refused."""
    if not deploys:
        raise Refused("byline.toml says no place to publish to; write a table [deploy.NAME] with to = …")
    if not name and len(deploys) > 1:
        raise Refused(f"which place? byline.toml has {', '.join(deploys)}")
    if name and name not in deploys:
        hint = did_you_mean(nearest(name, deploys)) or f"there are {', '.join(deploys)}"
        raise Refused(f"byline.toml has no [deploy.{name}]; {hint}")
    chosen = name or next(iter(deploys))
    return chosen, deploys[chosen]


def plan_site(asked: Publishing, report: Progress) -> tuple[list[str], bool] | Faulty:
    """What a site will be, and whether places take it: lines, and whether all do. Raises Refused."""
    checked = check(_archive(asked, report))
    if not checked.sound or checked.archive is None:
        return Faulty(pinpoint(asked.root, checked.problems))
    deploys = checked.settings.deploy
    if asked.name:
        deploys = dict([choose(deploys, asked.name)])
    output = asked.output if asked.output is not None else asked.root / checked.settings.build.output
    built = read_manifest(output)
    planned = plan.plan(asked.root, checked, built)
    lines = list(plan.described(planned))
    known = limits()
    targets = deploys or {name: Deploy(name) for name in known if known[name].source}
    fits = True
    for name, deploy in targets.items():
        told = plan.faults(planned, known[deploy.to], deploy.redirects == "rules")
        lines += ["", f"{name}: {'does not fit' if told else 'fits'} ({known[deploy.to].title})"]
        lines += [f"  {fault}" for fault in told]
        if told:
            fits = fits and not deploys
            lines += [f"  way out: {way}" for way in plan.ways_out(planned, known[deploy.to], _fewer(asked))]
        elif deploys:
            lines += _would(asked, name, deploy, checked, built, planned)
    return lines, fits


def _fewer(asked: Publishing) -> Iterator[tuple[str, int]]:
    """How many files the site would have with pages for fewer records; asked only where it matters."""
    for which in ("remixed", "used"):
        overrides = (*asked.overrides, f"pages.records={which}")
        yield which, len(check(Asked(asked.root, overrides, asked.on, asked.cache)).outputs)


def _would(
    asked: Publishing, name: str, deploy: Deploy, checked: Checked, built: Manifest, planned: plan.Plan
) -> Iterator[str]:
    """What a publish would do, as far as the last build knows; or why the host could not be asked."""
    assert checked.archive is not None
    try:
        with _errors():
            if opener := BY_NAME[deploy.to].depot:
                state = r.read_state(opener(deploy, asked.root).read()[0])
            else:
                prefix = site.prefix_of(deploy, rules.rules(checked.archive))
                with _alone(asked.cache / "publish" / name) as (folder, _):
                    state, _, _ = branch.Branch(deploy, asked.root, prefix, folder).fetch()
    except (Refused, ValueError) as error:
        yield f"  the host could not be asked: {error}"
        return
    table = rules.rules(checked.archive)
    expected = site.expected(planned.sizes, checked.outputs, table, deploy)
    files, unknown = plan.foreseen(built, expected, state)
    release = site.release(checked.archive, checked.outputs, table, deploy, files)
    steps = r.steps(state, release)
    new, changed, gone = steps.counted(state.current)
    yield f"  a publish would send {new:,} new files, change {changed:,} and delete {gone:,}"
    if unknown:
        yield f"  and perhaps change {unknown:,} that have not been built since"
    old = (one for past in steps.past for one in past.files.items() if r.stays(one[0]))
    kept = {path: entry[1] for path, entry in old if entry}
    if kept:
        fits = plan.room(limits()[deploy.to])(planned.sizes | kept)
        total = plan.size(sum(kept.values()))
        most = "" if fits else ", or fewer, since the host does not take all"
        yield f"  and keep {len(kept):,} files of releases before ({total}){most}"


def _apart(root: Path, content: str, output: Path, target: Path) -> None:
    """Refuse a folder that holds the archive or what was built, or lies in either. Raises Refused."""
    to, archive, built = target.resolve(), root.resolve(), output.resolve()
    if to in (built, archive, *built.parents, *archive.parents) or built in to.parents:
        raise Refused(f"path = {str(target)!r}: a site is published beside its archive and its output")
    if any(archive / name in (to, *to.parents) for name in (content, "static", "templates", "themes")):
        raise Refused(f"path = {str(target)!r}: this is a folder of the archive's own sources")


@contextmanager
def _alone(folder: Path) -> Iterator[tuple[Path, str]]:
    """A folder that only this process uses, and the name by which a host knows who is publishing.

    A publish that was cut off here is gone on with here, since nobody else holds that name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder / "lock"):
        known = folder / "me"
        if not known.exists():
            known.write_text(secrets.token_hex(8))
        yield folder, known.read_text()


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ModuleNotFoundError:  # no such locks on this system: the host's record still guards
            pass
        except OSError:
            raise Refused("another publish to that place is running on this machine") from None
        yield


@contextmanager
def _errors() -> Iterator[None]:
    """Errors of disks and hosts as words for an editor, whatever a host says without what is secret."""
    try:
        yield
    except Refused as refused:
        raise Refused(_hidden(str(refused))) from None
    except Exception as error:
        if isinstance(error, OSError) or type(error).__module__.startswith("obstore"):
            raise Refused(_hidden(f"the host did not take it: {words(error)}")) from None
        raise


def _hidden(text: str) -> str:
    """A text without the secrets of environment and addresses: some hosts say again what they were told."""
    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) >= SECRET_LENGTH and not value.startswith(os.sep):
            text = text.replace(value, "…")
    return _QUERY.sub(r"\1…", _LOGIN.sub("//…@", text))


def said(done: Done, asked: Publishing) -> Iterator[str]:
    """What was done, for the terminal."""
    steps, outcome = done.outcome.steps, done.outcome
    new, changed, gone = steps.counted(outcome.before)
    would = "would be " if asked.dry_run else ""
    if asked.dry_run:
        for paths in steps.put:
            yield from (f"{'+' if path not in outcome.before.files else '~'} {path}" for path in paths)
        yield from (f"- {path}" for path in steps.removed)
    size = sum(outcome.release.files[path][1] for paths in steps.put for path in paths)
    counts = f"{new:,} files {would}new, {changed:,} changed, {gone:,} deleted"
    yield f"{done.name}: {counts}; {size:,} bytes, release {outcome.release.number}"
    if steps.withdrawal and not asked.dry_run:
        yield "Something was withdrawn: earlier releases are deleted from the host. Let the CDN forget these:"
        touched = [*(p for some in steps.put for p in some), *steps.removed, *steps.dropped]
        yield from purge.lines(done.deploy.cdn, done.base_url, touched)
