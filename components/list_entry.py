"""What is listed by its title: a button that opens it, and a menu of what can be done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import streamlit as st

from components.session import widget
from components.text.model_text import plain
from storage.chats.copying import LONGEST_TITLE
from storage.chats.labels import LONGEST_TAG, MOST_TAGS
from storage.records import ListedConversation

PIN, UNPIN, ARCHIVE, UNARCHIVE, TAGS = "Pin", "Unpin", "Archive", "Unarchive", "Tags"
RENAME, DELETE = "Rename", "Delete"
_ICONS = {
    PIN: "keep",
    UNPIN: "keep_off",
    ARCHIVE: "archive",
    UNARCHIVE: "unarchive",
    TAGS: "label",
    RENAME: "edit",
    DELETE: "delete",
}


class Titled(Protocol):
    """A conversation, or what else has a title."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class LabelActions:
    """How conversations are marked, each told by its id."""

    pin: Callable[[str], None]
    unpin: Callable[[str], None]
    archive: Callable[[str], None]
    unarchive: Callable[[str], None]
    set_tags: Callable[[str, Sequence[str]], None]
    known_tags: Callable[[], Sequence[str]]


@dataclass(frozen=True)
class ListedActions:
    """What a list can do."""

    open: Callable[[str | None], None]
    rename: Callable[[str, str], None]
    delete: Callable[[str], None]


def entry(listed: Titled, is_open: bool, does: ListedActions, kind: str = "conversation") -> None:
    """Draw a button that opens what is listed, with its menu; `kind` is a word for it."""
    with _row():
        _title(listed, is_open, does)
        title_menu(listed, does.rename, does.delete, kind, f"menu_{listed.id}")


def labelled_entry(listed: ListedConversation, is_open: bool, does: ListedActions, marks: LabelActions) -> None:
    """Draw the same of a conversation, with its tags."""
    with _row():
        _title(listed, is_open, does)
        conversation_menu(listed, does, marks, f"menu_{listed.id}")
    if listed.tags:
        with st.container(key=f"tags_{listed.id}"):
            st.caption(tags_line(listed.tags))


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, gap="xxsmall", vertical_alignment="center")


def _title(listed: Titled, is_open: bool, does: ListedActions) -> None:
    title = plain(listed.title)
    st.button(
        f"**{title}**" if is_open else title,
        key=f"open_{listed.id}",
        type="tertiary",
        on_click=does.open,
        args=(listed.id,),
        width="stretch",
        wrap=False,
    )


def tags_line(tags: Sequence[str]) -> str:
    """Tags as small chips, in Markdown."""
    return " ".join(f":gray-badge[:small[{plain(tag)}]]" for tag in tags)


def title_menu(
    of: Titled, rename: Callable[[str, str], None], delete: Callable[[str], None], kind: str, key: str
) -> None:
    """Draw the menu that renames or deletes."""
    choice = _menu([RENAME, DELETE], {DELETE: lambda: delete(of.id)}, key, "Rename or delete")
    if choice == RENAME:
        st.dialog(f"Rename {kind}")(_rename)(of, rename)


def conversation_menu(of: ListedConversation, does: ListedActions, marks: LabelActions, key: str) -> None:
    """Draw the menu of a conversation."""
    pin, archive = UNPIN if of.pinned else PIN, UNARCHIVE if of.archived else ARCHIVE
    at_once = {
        PIN: lambda: marks.pin(of.id),
        UNPIN: lambda: marks.unpin(of.id),
        ARCHIVE: lambda: marks.archive(of.id),
        UNARCHIVE: lambda: marks.unarchive(of.id),
        DELETE: lambda: does.delete(of.id),
    }
    choice = _menu([pin, archive, TAGS, RENAME, DELETE], at_once, key, "What can be done with it")
    if choice == RENAME:
        st.dialog("Rename conversation")(_rename)(of, does.rename)
    if choice == TAGS:
        st.dialog("Tags")(_edit_tags)(of, marks)


def _menu(options: Sequence[str], at_once: Mapping[str, Callable[[], None]], key: str, title: str) -> str | None:
    def chosen() -> None:
        if act := at_once.get(widget(key)):
            act()

    return st.menu_button(
        "",
        options,
        key=key,
        icon=":material/more_horiz:",
        type="tertiary",
        format_func=lambda name: f":material/{_ICONS[name]}: {name}",
        on_click=chosen,
        help=title,
    )


def _rename(of: Titled, rename: Callable[[str, str], None]) -> None:
    with st.form("rename", border=False):
        title = st.text_input("Title", of.title, key="new_title").strip()
        if not st.form_submit_button("Save", type="primary"):
            return
        if fault := _fault(title):
            st.markdown(f":red[{fault}]")
            return
        rename(of.id, title)
        st.rerun()


def _fault(title: str) -> str:
    """What is wrong with a title; "" for nothing."""
    if not title:
        return "Type a title."
    return f"That has {len(title):,} characters: take at most {LONGEST_TITLE}." if len(title) > LONGEST_TITLE else ""


def _edit_tags(of: ListedConversation, marks: LabelActions) -> None:
    with st.form("tags", border=False):
        tags = tags_field(marks.known_tags(), of.tags)
        if st.form_submit_button("Save", type="primary") and not tags_fault(tags):
            marks.set_tags(of.id, tags)
            st.rerun()


def tags_field(known: Sequence[str], chosen: Sequence[str] = ()) -> list[str]:
    """Draw a field for tags, known ones or new ones, with what is wrong with them."""
    tags = st.multiselect(
        "Tags",
        sorted({*known, *chosen}),
        chosen,
        key="new_tags",
        accept_new_options=True,
        placeholder="Choose tags or type new ones",
    )
    if fault := tags_fault(tags):
        st.markdown(f":red[{fault}]")
    return tags


def tags_fault(tags: Sequence[str]) -> str:
    """What is wrong with tags; "" for nothing."""
    longest = max(map(len, tags), default=0)
    if longest > LONGEST_TAG:
        return f"A tag has {longest:,} characters: take at most {LONGEST_TAG}."
    return f"Those are {len(tags)} tags: take at most {MOST_TAGS}." if len(tags) > MOST_TAGS else ""
