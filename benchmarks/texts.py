"""The texts of replies, of exactly as many pieces as tokens are asked for."""

SENTENCE = (
    "the model reads all of it and then says one word more 模型 with a short line on how it was made "
    "so you can see what each part does when 文字 there are many of them in a row"
)
WORDS = SENTENCE.split()
SECTION = 120  # tokens until heading, paragraph, list, table and code begin anew
CODE = 88  # the place in a section where its code begins


def pieces(tokens: int, mark: str, markdown: bool = False) -> list[str]:
    """A reply in `tokens` pieces (two at least), which begins with the word BEGIN and `mark` and ends with END and it.

    In Markdown it repeats a heading, a paragraph, a list, a table and a block of code; else it is one paragraph.
    """
    words = [WORDS[number % len(WORDS)] for number in range(max(2, tokens))]
    if markdown:
        inner = [_markdown(number % SECTION, word) for number, word in enumerate(words)]
        open_code = (len(words) - 1) % SECTION > CODE
        end = ("\n```" if open_code else "") + f"\n\nEND{mark}"
    else:
        inner, end = [f"{word} " for word in words], f"END{mark}"
    return [f"BEGIN{mark} ", *inner[1:-1], end]


def _markdown(place: int, word: str) -> str:
    """A word with what makes it Markdown at this place of a section."""
    if place >= CODE:
        return _code(place - CODE, word)
    if place >= 68:
        return _table(place - 68, word)
    if place >= 44:
        return f"\n- **{word}** " if place % 4 == 0 else f"{word} "
    return f"\n\n## {word} " if place == 0 else f"\n\n{word} " if place in (4, 24) else f"{word} "


def _table(place: int, word: str) -> str:
    row, column = divmod(place, 4)
    start = ("\n\n" if row == 0 else "\n") if column == 0 else ""
    end = " |\n|---|---|---|---|" if (row, column) == (0, 3) else " |" if column == 3 else " "
    return f"{start}| {word}{end}"


def _code(place: int, word: str) -> str:
    if place == 0:
        return f"\n\n```python\n{word} "
    if place == SECTION - CODE - 1:
        return f"{word}\n```\n"
    return f"\n    {word} = " if place % 4 == 0 else f"{word} "
