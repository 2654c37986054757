"""A ChatGPT export as it is really shaped: written from what several open readers of it document, field by field."""

import io
import json
import zipfile

HIDDEN = {"is_visually_hidden_from_conversation": True}


def node(id_, parent, *children, message=None):
    return {"id": id_, "message": message, "parent": parent, "children": list(children)}


def message(id_, role, content, at=1_730_000_000.5, recipient="all", name=None, **metadata):
    return {
        "id": id_,
        "author": {"role": role, "name": name, "metadata": {}},
        "create_time": at,
        "update_time": None,
        "content": content,
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": metadata,
        "recipient": recipient,
        "channel": None,
    }


def text(*parts):
    return {"content_type": "text", "parts": list(parts)}


def said(id_, parent, *children, role="assistant", content, **more):
    return {id_: node(id_, parent, *children, message=message(id_, role, content, **more))}


def conversation(id_="6741-aaaa", title="埃菲尔铁塔 Eiffel Tower"):
    """A prompt that was edited, one that was answered twice; thoughts, code with its output, an image, a page."""
    mapping = {
        "root": node("root", None, "system"),
        **said("system", "root", "instructions", role="system", content=text(""), at=None, **HIDDEN),
        **said(
            "instructions",
            "system",
            "ask",
            "ask-edited",
            role="user",
            content={"content_type": "user_editable_context", "user_profile": "I am 张伟", "user_instructions": "kurz"},
            **HIDDEN,
        ),
        **said("ask", "instructions", "answer", "answer-2", role="user", content=text("How tall is it? 多高？")),
        **said("answer", "ask", "more", content=text("330 m."), model_slug="gpt-4o", finish_details={"type": "stop"}),
        **said("more", "answer", "thinking", role="user", content=text("In feet, by Python?")),
        **said(
            "thinking",
            "more",
            "recap",
            content={
                "content_type": "thoughts",
                "thoughts": [{"summary": "Units", "content": "1 m is 3.28 ft.", "chunks": [], "finished": True}],
                "source_analysis_msg_id": "x",
            },
            model_slug="o3",
        ),
        **said("recap", "thinking", "code", content={"content_type": "reasoning_recap", "content": "Thought for 4s"}),
        **said(
            "code",
            "recap",
            "output",
            content={"content_type": "code", "language": "python", "text": "print(330 * 3.28084)"},
            recipient="python",
            model_slug="o3",
        ),
        **said(
            "output",
            "code",
            "final",
            role="tool",
            name="python",
            content={"content_type": "execution_output", "text": "1082.6772"},
        ),
        **said("final", "output", "picture", content=text("About 1,083 ft. 约一千英尺。"), model_slug="o3"),
        **said(
            "picture",
            "final",
            "seen",
            role="user",
            content={
                "content_type": "multimodal_text",
                "parts": [
                    {
                        "content_type": "image_asset_pointer",
                        "asset_pointer": "file-service://file-abc",
                        "size_bytes": 123,
                        "width": 10,
                        "height": 10,
                        "metadata": None,
                    },
                    "Is this it?",
                ],
            },
        ),
        **said(
            "seen",
            "picture",
            "browse",
            role="tool",
            name="browser",
            content={
                "content_type": "tether_quote",
                "url": "https://example.org",
                "domain": "example.org",
                "text": "The tower",
                "title": "Tower",
            },
        ),
        **said("browse", "seen", "cut", content=text('search("tower")'), recipient="browser"),
        **said("cut", "browse", content=text("Yes, it"), model_slug="gpt-4o", finish_details={"type": "max_tokens"}),
        **said("answer-2", "ask", content=text("Three hundred and thirty metres."), model_slug="gpt-4o-mini"),
        **said("ask-edited", "instructions", "answer-3", role="user", content=text("How tall is it in metres?")),
        **said("answer-3", "ask-edited", content=text("330"), model_slug="gpt-4o"),
    }
    return {
        "title": title,
        "create_time": 1_730_000_000.123456,
        "update_time": 1_730_000_900.5,
        "mapping": mapping,
        "moderation_results": [],
        "current_node": "cut",
        "plugin_ids": None,
        "conversation_id": id_,
        "conversation_template_id": None,
        "gizmo_id": None,
        "is_archived": False,
        "is_starred": None,
        "safe_urls": [],
        "default_model_slug": "gpt-4o",
        "voice": None,
        "async_status": None,
        "id": id_,
    }


def nothing_said(id_="6741-empty"):
    mapping = {"root": node("root", None, "system"), **said("system", "root", role="system", content=text(""))}
    return conversation(id_, None) | {"mapping": mapping, "current_node": "system"}


def as_json(*conversations):
    return json.dumps(conversations).encode()


def as_zip(**files):
    """A zip with these files; `__` in a name stands for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return packed.getvalue()
