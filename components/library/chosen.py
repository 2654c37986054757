"""What can be done with all conversations that are chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.list_entry import tags_fault, tags_field


@dataclass(frozen=True)
class ChosenActions:
    """What is done with the chosen ones."""

    choose_all: Callable[[], None]
    choose_none: Callable[[], None]
    archive: Callable[[], None]
    unarchive: Callable[[], None]
    tag: Callable[[Sequence[str]], None]
    delete: Callable[[], None]
    known_tags: Callable[[], Sequence[str]]


def chosen_bar(count: int, any_found: bool, does: ChosenActions) -> st.delta_generator.DeltaGenerator:
    """Draw how many are chosen, and what can be done with them; the place at its end is for what else there is."""
    with st.container(key="library_chosen", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button("Choose all", key="choose_all", type="tertiary", disabled=not any_found, on_click=does.choose_all)
        with st.container(key="with_chosen", horizontal=True, vertical_alignment="center", gap="xsmall"):
            if count:
                _with_chosen(count, does)
        return st.container(key="library_more", horizontal=True, gap="xsmall", width="content")


def _with_chosen(count: int, does: ChosenActions) -> None:
    icon = ":material/close:"
    st.button(f"{count:,} chosen", key="choose_none", type="tertiary", icon=icon, on_click=does.choose_none)
    for name, icon, act in (("Archive", "archive", does.archive), ("Unarchive", "unarchive", does.unarchive)):
        st.button(name, key=f"chosen_{name.lower()}", icon=f":material/{icon}:", type="tertiary", on_click=act)
    if st.button("Tag", key="chosen_tag", icon=":material/label:", type="tertiary"):
        st.dialog(f"Tag {_so_many(count)}")(_tag)(does)
    if st.button("Delete", key="chosen_delete", icon=":material/delete:", type="tertiary"):
        st.dialog(f"Delete {_so_many(count)}?")(_confirm)(does)


def _so_many(count: int) -> str:
    return f"{count:,} conversation{'' if count == 1 else 's'}"


def _tag(does: ChosenActions) -> None:
    with st.form("tag_chosen", border=False):
        tags = tags_field(does.known_tags())
        if st.form_submit_button("Add", type="primary") and tags and not tags_fault(tags):
            does.tag(tags)
            st.rerun()


def _confirm(does: ChosenActions) -> None:
    st.markdown("You can take it back for ten seconds; then they are gone for good.")
    if st.button("Delete", key="confirm_delete", type="primary"):
        does.delete()
        st.rerun()
