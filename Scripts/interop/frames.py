"""What a model says, as Bedrock's event stream and as the Anthropic API's."""

import base64
import binascii
import json
import struct

from botocore.eventstream import EventStreamBuffer

from .loopback import Reply


def message_events(text):
    """The events of an answer that is one block of text, in small deltas."""
    usage = {"input_tokens": 10, "output_tokens": 5}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": []}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
    yield {"type": "message_start", "message": message}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for start in range(0, len(text), 7):
        delta = {"type": "text_delta", "text": text[start : start + 7]}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage}
    yield {"type": "message_stop"}


def _text(event):
    return json.dumps(event, ensure_ascii=False).encode()


def _frame(headers, payload):
    """A message of `application/vnd.amazon.eventstream`, all of whose headers are strings (type 7)."""
    head = b""
    for name, value in headers.items():
        head += struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
    frame = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    frame += struct.pack("!I", binascii.crc32(frame)) + head + payload
    return frame + struct.pack("!I", binascii.crc32(frame))


def bedrock_frames(text):
    """An answer as Bedrock streams it, read back by botocore before anybody else gets it."""
    headers = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    frames = [
        _frame(headers, json.dumps({"bytes": base64.b64encode(_text(event)).decode(), "p": "abcdef"}).encode())
        for event in message_events(text)
    ]
    reader = EventStreamBuffer()
    reader.add_data(b"".join(frames))
    if [message.headers for message in reader] != [headers] * len(frames):
        raise ValueError("botocore does not read the frames that are to be sent")
    return frames


def _cut(data, random):
    """The bytes in pieces, cut anywhere: a frame does not end where a packet does."""
    ends = sorted(random.sample(range(1, len(data)), min(6, len(data) - 1))) + [len(data)]
    return [data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def bedrock_answer(text, random):
    """Bedrock's streamed reply."""
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "x-amzn-requestid": "00000000-0000-4000-8000-000000000000",
        "X-Amzn-Bedrock-Content-Type": "application/json",
    }
    return Reply(headers=headers, pieces=_cut(b"".join(bedrock_frames(text)), random))


def bedrock_whole(text):
    """Bedrock's reply to a question that wants no stream."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn"}
    message |= {"content": [{"type": "text", "text": text}], "usage": {"input_tokens": 1, "output_tokens": 1}}
    return Reply(headers={"Content-Type": "application/json"}, body=_text(message))


def anthropic_answer(text, random):
    """The Anthropic API's streamed reply."""
    lines = b"".join(
        b"event: %s\ndata: %s\n\n" % (event["type"].encode(), _text(event)) for event in message_events(text)
    )
    return Reply(headers={"Content-Type": "text/event-stream", "request-id": "req_1"}, pieces=_cut(lines, random))


def refusal(status, kind, message, headers=None):
    """An error as AWS's services with JSON say it."""
    headers = {"Content-Type": "application/json", "x-amzn-errortype": f"{kind}:http://internal/"} | (headers or {})
    return Reply(status, headers, json.dumps({"message": message}).encode())
