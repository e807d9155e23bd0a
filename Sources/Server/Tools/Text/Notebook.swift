internal import Protocol

/// A Jupyter notebook as a model reads it: its cells and what they printed, without embedded pictures.
///
/// Source: the notebook format, nbformat 4.
package enum Notebook {
  /// The notebook's text; `nil` when the bytes are no notebook.
  package static func text(_ bytes: [UInt8]) -> String? {
    guard let json = try? JSON.parse(bytes), let cells = json["cells"]?.array, json["nbformat"] != nil else {
      return nil
    }
    return cells.enumerated().map { number, cell in
      let kind = cell["cell_type"]?.string ?? "unknown"
      let count = cell["execution_count"]?.int.map { ", run \($0)" } ?? ""
      let outputs = (cell["outputs"]?.array ?? []).map(output).joined()
      return "[cell \(number + 1), \(kind)\(count)]\n\(ended(joined(cell["source"])))\(outputs)"
    }.joined(separator: "\n")
  }

  private static func output(_ output: JSON) -> String {
    switch output["output_type"]?.string {
    case "stream": return "[printed]\n" + ended(joined(output["text"]))
    case "error": return "[error]\n\(output["ename"]?.string ?? "?"): \(output["evalue"]?.string ?? "")\n"
    default:
      let data = output["data"]?.object ?? JSONObject()
      let left = data.map(\.key).filter { $0.hasPrefix("image/") }.map { "[\($0) left out]\n" }.joined()
      let text = data["text/markdown"] ?? data["text/plain"] ?? data["text/html"]
      return "[result]\n" + (text.map { ended(joined($0)) } ?? "") + left
    }
  }

  /// A text that may be written as its lines.
  private static func joined(_ value: JSON?) -> String {
    value?.string ?? (value?.array ?? []).compactMap(\.string).joined()
  }

  private static func ended(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
}
