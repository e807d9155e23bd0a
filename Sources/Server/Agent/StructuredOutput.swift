package import Protocol

/// Answers that are values: how the model is told, and how its text is read.
package enum StructuredOutput {
  /// Why a text is not the value that was asked for.
  package struct Flaw: Error, Hashable {
    /// What is wrong, for the model and for a person.
    package var reason: String
  }

  /// The instruction that goes with the system prompt.
  package static func instruction(_ schema: JSON) -> String {
    """
    Answer with one JSON value and nothing else: no prose, no code fence. It must follow this JSON Schema:
    \(schema.text)
    """
  }

  /// What the model is told when its answer does not follow the schema.
  package static func complaint(_ flaw: Flaw) -> String {
    "That does not follow the schema: \(flaw.reason). Answer again with the JSON value alone."
  }

  /// The failure of a run whose answer did not follow the schema a second time.
  package static func failure(_ flaw: Flaw) -> Failure {
    .failed(
      "the answer does not follow outputSchema: \(flaw.reason)",
      FailureData(kind: .providerError, retryable: true, hint: "simplify the schema, or ask a stronger model"))
  }

  /// Reads an answer; a code fence around the value is forgiven.
  package static func read(_ text: String, schema: JSON) -> Result<JSON, Flaw> {
    let value: JSON
    do throws(JSONSyntaxError) {
      value = try JSON.parse(unfenced(text))
    } catch {
      return .failure(Flaw(reason: "it is not JSON: \(error.reason) at byte \(error.offset)"))
    }
    let violations = JSONSchemaValidator.violations(of: value, against: schema)
    guard !violations.isEmpty else { return .success(value) }
    return .failure(Flaw(reason: violations.prefix(ServerLimits.violationsToldMax).joined(separator: "; ")))
  }

  private static func unfenced(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isFence = { (line: Substring) in line.drop(while: \.isWhitespace).hasPrefix("```") }
    guard let open = lines.firstIndex(where: isFence), let close = lines.lastIndex(where: isFence), open < close,
      lines[..<open].allSatisfy({ $0.allSatisfy(\.isWhitespace) })
    else { return text }
    return lines[(open + 1)..<close].joined(separator: "\n")
  }
}
