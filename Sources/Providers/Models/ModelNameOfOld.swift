/// The six names that must always be answered, fixed by contract, and what they mean on Bedrock.
///
/// They are all older than what services have today, so what they mean may give way to what is recommended in its place, or to
/// the newest of its line.
package struct ModelNameOfOld: Sendable, Hashable {
  /// The id that the name means on Bedrock.
  let bedrockID: String
  /// Its line.
  let line: ModelLine
  /// The model that Anthropic recommends in its place, where that is of today (its page of model deprecations).
  let replacement: ModelFamily?
  /// Whether it stands for the newest of its line, which the user's default for the line replaces.
  let isLatest: Bool

  /// What a name means, if it is one of the six.
  init?(_ name: ModelName) {
    guard let found = ModelNameOfOld.all[name.bare.lowercased()] else { return nil }
    self = found
  }

  private init(_ bedrockID: String, _ line: ModelLine, replacement: String? = nil, isLatest: Bool = false) {
    self.bedrockID = bedrockID
    self.line = line
    self.replacement = replacement.flatMap(ModelCatalog.family)
    self.isLatest = isLatest
  }

  private static let all = [
    "claude-sonnet-4-20250514": ModelNameOfOld("anthropic.claude-3-5-sonnet-20241022-v2:0", .sonnet, isLatest: true),
    "claude-3-5-sonnet-20241022": ModelNameOfOld("anthropic.claude-3-5-sonnet-20241022-v2:0", .sonnet),
    "claude-3-5-sonnet-20240620": ModelNameOfOld("anthropic.claude-3-5-sonnet-20240620-v1:0", .sonnet),
    "claude-3-opus-20240229": ModelNameOfOld("anthropic.claude-3-opus-20240229-v1:0", .opus),
    "claude-3-sonnet-20240229": ModelNameOfOld("anthropic.claude-3-sonnet-20240229-v1:0", .sonnet),
    "claude-3-haiku-20240307": ModelNameOfOld(
      "anthropic.claude-3-haiku-20240307-v1:0", .haiku, replacement: "claude-haiku-4-5"),
  ]
}
