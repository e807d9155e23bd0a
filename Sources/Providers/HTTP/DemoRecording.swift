import Protocol

/// A recording that is always there: the first command of the README works without a key and without a network.
///
/// One streamed answer to "write a script to analyze data.csv", at the pace of a real one. It is asked in `order`, so
/// any prompt gets it, any number of times.
package enum DemoRecording {
  /// The recording, as the bytes of its file.
  package static var bytes: [UInt8] {
    var exchange = RecordedExchange(
      RecordedExchange.Request(
        method: "POST", url: "https://api.anthropic.com/v1/messages", digest: "demo", bytes: 0))
    exchange.response = RecordedExchange.Response(
      status: 200, headers: [("content-type", "text/event-stream; charset=utf-8"), ("request-id", "req_demo")])
    exchange.chunks = [(380, Array((start + ping).utf8))]
    for (index, piece) in pieces.enumerated() {
      exchange.chunks.append((pace[index % pace.count], event(delta(piece))))
    }
    exchange.chunks.append((24, Array(end.utf8)))
    return RecordedExchange.head(match: "order") + exchange.line
  }

  /// Milliseconds between the pieces, over and over.
  private static let pace = [31, 22, 27, 38, 24, 29, 20, 35, 26, 33, 40]

  private static func delta(_ text: String) -> JSON {
    [
      "type": "content_block_delta", "index": 0,
      "delta": JSON.object(JSONObject([("type", "text_delta"), ("text", .string(text))])),
    ]
  }

  private static func event(_ json: JSON) -> [UInt8] {
    Array("event: content_block_delta\ndata: ".utf8) + json.serialized + Array("\n\n".utf8)
  }

  private static let start = #"""
    event: message_start
    data: {"type":"message_start","message":{"id":"msg_demo","type":"message","role":"assistant",\#
    "model":"claude-sonnet-4-20250514","content":[],"stop_reason":null,"stop_sequence":null,\#
    "usage":{"input_tokens":16,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2}}}

    event: content_block_start
    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}


    """#

  private static let ping = """
    event: ping
    data: {"type":"ping"}


    """

  private static let end = #"""
    event: content_block_stop
    data: {"type":"content_block_stop","index":0}

    event: message_delta
    data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\#
    "usage":{"output_tokens":402}}

    event: message_stop
    data: {"type":"message_stop"}


    """#

  /// The answer in the pieces in which it is said.
  private static let pieces = [
    "Here's a script", " that reads `data.csv` and describes every column,",
    " using only the standard library — nothing to install.", "\n\n```python\n#!/usr/bin/env python3\n",
    "\"\"\"Describe the columns of a CSV file.\"\"\"\n", "import csv\nimport statistics\nimport sys\n",
    "from collections import Counter\n\n\n", "def number(text):\n    try:\n",
    "        return float(text.replace(\",\", \"\"))\n", "    except ValueError:\n        return None\n\n\n",
    "def describe(name, values):\n    filled = [value for value in values if value.strip()]\n",
    "    numbers = [number(value) for value in filled]\n", "    print(f\"\\n{name}\")\n",
    "    print(f\"  filled: {len(filled)} of {len(values)}\")\n",
    "    if filled and None not in numbers:\n        print(f\"  range:  {min(numbers):g} to {max(numbers):g}\")\n",
    "        print(f\"  mean:   {statistics.fmean(numbers):.4g}\")\n",
    "        print(f\"  median: {statistics.median(numbers):.4g}\")\n", "    else:\n        counts = Counter(filled)\n",
    "        print(f\"  distinct: {len(counts)}\")\n        for value, count in counts.most_common(3):\n",
    "            print(f\"  {count:>6} x {value}\")\n\n\n",
    "def main(path):\n    with open(path, newline=\"\", encoding=\"utf-8-sig\") as file:\n",
    "        reader = csv.DictReader(file)\n        rows = list(reader)\n",
    "    print(f\"{path}: {len(rows)} rows, {len(reader.fieldnames or [])} columns\")\n",
    "    for name in reader.fieldnames or []:\n        describe(name, [row[name] or \"\" for row in rows])\n\n\n",
    "if __name__ == \"__main__\":\n", "    main(sys.argv[1] if len(sys.argv) > 1 else \"data.csv\")\n```\n\n",
    "Save it as `analyze.py` and run `python3 analyze.py data.csv`.",
    " Columns in which every filled cell is a number get their range, mean and median;",
    " the others get their most common values.",
  ]
}
