/// The name of a model or inference profile as a resource of AWS:
/// `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0`.
package struct ModelARN: Sendable, Hashable {
  /// The partition it names.
  package var partition: String
  /// The region it belongs to; `nil` when it names none.
  package var region: String?
  /// What sort of resource it is, such as `foundation-model` or `application-inference-profile`.
  package var kind: String
  /// The resource's name: a model's or profile's id, or an opaque one.
  package var name: String

  /// The parts of an ARN; `nil` for any other text.
  ///
  /// AWS splits bytes. A combining character behind a `:` or `/` is one `Character` with it, which would hide it.
  package init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].elementsEqual("arn".utf8),
      let slash = parts[5].firstIndex(of: UInt8(ascii: "/"))
    else { return nil }
    partition = String(decoding: parts[1], as: UTF8.self)
    region = parts[3].isEmpty ? nil : String(decoding: parts[3], as: UTF8.self)
    kind = String(decoding: parts[5][..<slash], as: UTF8.self)
    name = String(decoding: parts[5][parts[5].index(after: slash)...], as: UTF8.self)
  }

  /// The model's or profile's own id; `nil` when the name is opaque, as of application profiles and bought throughput.
  package var modelID: String? {
    ["foundation-model", "inference-profile"].contains(kind) && !name.isEmpty ? name : nil
  }
}
