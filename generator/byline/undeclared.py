"""Seasons and topics: those that have a file, and those that only episodes name.

Pure. What is hidden stays hidden, whoever names it.
"""

import msgspec

from byline import text as words
from byline.identify import Library, number_key
from byline.problems import Problem
from byline.values import Season, Topic, field_place


def seasons(library: Library) -> tuple[dict[str, Season], tuple[Problem, ...]]:
    """Declared seasons, and those that episodes name without a file."""
    found = dict(library.seasons)
    problems = []
    for episode in library.episodes.values():
        name = episode.season
        if not name or name in found or name in library.hidden["season"]:
            continue
        place = field_place(episode, "season")
        if fault := words.id_fault(name):
            problems.append(
                Problem("bad-id", f'"{name}" is no season: {fault}', place, "write a season's id")
            )
            continue
        if library.seasons:
            near = words.did_you_mean(words.nearest_id(name, library.seasons))
            hint = near or f"write seasons/{name}.md"
            problems.append(
                Problem("undeclared-season", f'no season "{name}" is declared', place, hint, "warning")
            )
        found[name] = Season(id=name, place=episode.place, title=name)
    ordered = sorted(found.items(), key=lambda item: (*number_key(item[1].number), item[0]))
    return dict(ordered), tuple(problems)


def topics(library: Library) -> tuple[dict[str, Topic], dict[str, str], tuple[Problem, ...]]:
    """Declared topics and texts; the topic of each episode.

    A file without a title belongs to the text whose slug is its id: it has the words, the first episode that
    is about it has the title.
    """
    found = dict(library.topics)
    by_title = {words.fold(topic.title): id_ for id_, topic in found.items() if topic.title}
    made: dict[str, str] = {}
    of_episode: dict[str, str] = {}
    problems = []
    for id_, episode in library.episodes.items():
        text = episode.topic
        if not text:
            continue
        place = field_place(episode, "topic")
        topic = text if text in found else by_title.get(words.fold(text), "")
        if not topic:
            topic = words.slug(text)
            if topic in library.hidden["topic"]:
                continue
            declared = library.topics.get(topic)
            if (
                words.id_fault(topic)
                or made.get(topic, words.fold(text)) != words.fold(text)
                or (declared and declared.title)
            ):
                message = f'the topic "{text}" gives no address of its own'
                near = f"{words.did_you_mean(topic)} Or " if declared else ""
                hint = f"{near}write topics/ID.md with this title, and topic: ID"
                problems.append(Problem("bad-topic", message, place, hint))
                continue
            if library.topics and not declared and topic not in made:
                near = by_title.get(words.nearest_id(words.fold(text), by_title), "")
                hint = words.did_you_mean(near) or f"write topics/{topic}.md"
                problems.append(
                    Problem("undeclared-topic", f'no topic "{text}" is declared', place, hint, "warning")
                )
            if topic not in made:
                made[topic] = words.fold(text)
                found[topic] = (
                    msgspec.structs.replace(declared, title=text)
                    if declared
                    else Topic(id=topic, place=episode.place, title=text)
                )
        of_episode[id_] = topic
    return dict(sorted(found.items())), of_episode, tuple(problems)
