"""What can be done with the open conversation as a whole: a quiet row above it."""

from collections.abc import Callable, Mapping

import streamlit as st

from components.chat.offers import Offer

BUTTONS: tuple[Offer, ...] = (Offer("outline", "account_tree", "Outline"),)
MENU: tuple[Offer, ...] = (
    Offer("present", "slideshow", "Present"),
    Offer("moments", "keep", "Moments"),
    Offer("rerun", "replay", "Replay on another model"),
    Offer("export", "download", "Export"),
)


def chat_header(actions: Mapping[str, Callable[[], None]]) -> None:
    """Draw the buttons and the menu; `actions` has what each does, by its name, and it is done while the page is drawn:
    it may open a dialog."""
    chosen = None
    with st.container(key="chat_header", horizontal=True, horizontal_alignment="right", gap="xxsmall"):
        for offer in BUTTONS:
            if st.button(offer.label, key=f"header_{offer.name}", icon=f":material/{offer.icon}:", type="tertiary"):
                chosen = offer
        if MENU:
            chosen = _menu() or chosen
    if chosen:
        actions[chosen.name]()


def _menu() -> Offer | None:
    return st.menu_button(
        "",
        MENU,
        key="header_menu",
        icon=":material/more_horiz:",
        type="tertiary",
        format_func=lambda offer: f":material/{offer.icon}: {offer.label}",
        help="More for this conversation",
    )
