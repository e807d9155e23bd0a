internal import Foundation

/// What a model is documented to take in November 2026: the facts that the strict rules need, from a table of their own.
///
/// The product has such a table too; this one is apart, so that a fault in either is found by the other.
package struct StrictModel: Sendable {
  /// Which of temperature, `top_p` and `top_k` may be sent.
  package enum Sampling: String, Sendable {
    case free
    /// Temperature or `top_p`.
    case one
    /// One of them, and only with the value that it has anyway.
    case defaults
  }

  package var name: String
  /// Its ids at the Messages API.
  package var ids: [String]
  /// The id that its inference profiles are made of.
  package var bedrockID: String
  /// Whether Bedrock knows that id itself as well.
  package var hasFoundation: Bool
  /// The geographies that its profiles begin with.
  package var profiles: [String]
  package var window: Int
  package var maxOutput: Int
  package var bedrockMaxOutput: Int
  /// The fewest tokens that are cached; `nil` where nothing is.
  package var cacheMinimum: Int?
  package var thinkingTypes: [String]
  /// What an omitted `thinking` means.
  package var thinkingDefault: String?
  package var efforts: [String]
  /// Whether thinking is bound to all that came before it.
  package var isSealed: Bool
  /// Whose thinking it reads beside its own; with `@api` at the Messages API alone.
  package var reads: [String]
  package var takesForcedTools: Bool
  package var takesPrefill: Bool
  package var sampling: Sampling
  /// Whether `system` may be a message's role: at the Messages API and at Bedrock.
  package var systemMessages: (api: Bool, bedrock: Bool)
  /// The days it ends or ended.
  package var end: (api: String?, bedrock: String?)
  package var released: String?
}

extension StrictModel {
  /// The day on which the table is true.
  package static let today = "2026-11-26"

  /// All models, the newest last.
  package static let all: [StrictModel] = {
    let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return stride(from: 0, to: lines.count, by: 3).compactMap { StrictModel(lines[$0] + lines[$0 + 1] + lines[$0 + 2]) }
  }()

  /// The model that a service knows by that name; `nil` when it knows none.
  package static func named(_ id: String, at service: Upstream.Service) -> StrictModel? {
    guard service == .bedrock else { return all.first { $0.name == id || $0.ids.contains(id) } }
    if id.hasPrefix("arn:"), id.contains(":application-inference-profile/") { return named("claude-sonnet-5-5") }
    let bare = id.hasPrefix("arn:") ? id.split(separator: "/").last.map(String.init) ?? "" : id
    if bare == "anthropic.claude-3-5-sonnet-20240620-v1:0" { return named("claude-3-5-sonnet") }
    return all.first { model in
      model.bedrockIDs.contains(bare) || (model.hasFoundation && bare == model.bedrockID)
    }
  }

  /// The model of that name.
  package static func named(_ name: String) -> StrictModel? { all.first { $0.name == name } }

  /// The ids of its inference profiles.
  package var bedrockIDs: [String] { profiles.map { "\($0).\(bedrockID)" } }

  /// How a client names it at a service.
  package func id(at service: Upstream.Service) -> String {
    guard service == .bedrock else { return ids.first ?? name }
    return ["us", "global"].first(where: profiles.contains).map { "\($0).\(bedrockID)" } ?? bedrockID
  }

  /// Whether a service has ended it.
  package func isGone(at service: Upstream.Service) -> Bool {
    ((service == .bedrock ? end.bedrock : end.api) ?? "9999") <= Self.today
  }

  /// Whether Bedrock takes its own id, without a profile.
  var isOnDemand: Bool { ["claude-3-", "claude-instant"].contains(where: name.hasPrefix) || name == "claude" }

  /// Whether tools can be loaded for it as they are found: since the release of Sonnet 4.5.
  package var loadsTools: Bool { released ?? "" >= "2025-09-29" }

  /// Whether it reads what that model has thought.
  func readsThinking(of other: StrictModel, at service: Upstream.Service) -> Bool {
    if other.name == name || reads.contains(other.name) { return true }
    if reads.contains("\(other.name)@api") { return service == .anthropic }
    // What a list calls older than its last members: of before the first model with adaptive thinking alone.
    return reads.contains("older") && !other.isSealed && (other.released ?? "") < "2026-05-28"
  }

  private init?(_ words: [String]) {
    guard words.count == 19 else { return nil }
    func list(_ word: String) -> [String] { word == "-" ? [] : word.split(separator: ",").map(String.init) }
    func word(_ index: Int) -> String? { words[index] == "-" ? nil : words[index] }
    let types = list(words[8])
    let efforts: [Character: String] = ["l": "low", "m": "medium", "h": "high", "x": "xhigh", "M": "max"]
    name = words[0]
    ids = list(words[1])
    bedrockID = "anthropic." + words[2].filter { !"()".contains($0) }
    hasFoundation = !words[2].hasPrefix("(")
    profiles = list(words[3])
    window = Int(words[4]) ?? 0
    maxOutput = Int(words[5]) ?? 0
    bedrockMaxOutput = Int(words[6]) ?? maxOutput
    cacheMinimum = Int(words[7])
    thinkingTypes = types.map { $0.filter { $0 != "*" } }
    thinkingDefault = types.first { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    self.efforts = words[9].compactMap { efforts[$0] }
    isSealed = words[10] == "sealed"
    takesForcedTools = words[11] == "y"
    takesPrefill = words[12] == "y"
    sampling = Sampling(rawValue: words[13]) ?? .free
    systemMessages = (words[14].first == "y", words[14].last == "y")
    end = (word(15), word(16))
    released = word(17)
    reads = list(words[18])
  }

  /// Three lines a model; a dash is nothing.
  ///
  /// 1. Name, ids, Bedrock's id (in brackets where only profiles are known), profiles, window, output, output at Bedrock
  ///    where it differs, the fewest tokens that are cached.
  /// 2. Types of thinking with the default's star, efforts by their letters, whether it is sealed, forced tools, prefill,
  ///    sampling, system messages at either service, the ends at either service, the release.
  /// 3. Whose thinking it reads.
  private static let table = """
    claude claude-2.1,claude-2.0 claude-v2:1 - 200000 4096 8191 -
      - - - y y free nn 2025-07-21 - -
      -
    claude-instant claude-instant-1.2 claude-instant-v1 - 100000 4096 8191 -
      - - - y y free nn 2024-11-06 - -
      -
    claude-mythos-preview claude-mythos-preview claude-mythos-preview apac,au,us 1000000 128000 - 2048
      adaptive*,enabled lmhM - y n defaults nn - - -
      -
    claude-3-opus claude-3-opus-20240229 claude-3-opus-20240229-v1:0 eu,us 200000 4096 - 1024
      - - - y y free nn 2026-01-05 2026-01-15 2024-03-04
      -
    claude-3-sonnet claude-3-sonnet-20240229 claude-3-sonnet-20240229-v1:0 - 200000 4096 - -
      - - - y y free nn 2025-07-21 - 2024-03-04
      -
    claude-3-haiku claude-3-haiku-20240307 claude-3-haiku-20240307-v1:0 - 200000 4096 - 2048
      - - - y y free nn 2026-04-20 2026-09-10 2024-03-13
      -
    claude-3-5-sonnet claude-3-5-sonnet-20241022,claude-3-5-sonnet-20240620 claude-3-5-sonnet-20241022-v2:0 eu,us 200000 8192 - 1024
      - - - y y free nn 2025-10-28 - 2024-10-22
      -
    claude-3-5-haiku claude-3-5-haiku-20241022,claude-3-5-haiku-latest claude-3-5-haiku-20241022-v1:0 eu,us 200000 8192 - 2048
      - - - y y free nn 2026-02-19 2026-06-19 2024-11-04
      -
    claude-3-7-sonnet claude-3-7-sonnet-20250219,claude-3-7-sonnet-latest claude-3-7-sonnet-20250219-v1:0 eu,us 200000 64000 8192 1024
      enabled,disabled* - - y y free nn 2026-02-19 2026-04-28 2025-02-24
      -
    claude-opus-4 claude-opus-4-0,claude-opus-4-20250514 claude-opus-4-20250514-v1:0 eu,us 200000 32000 - 1024
      enabled,disabled* - - y y free nn 2026-06-15 2026-05-31 2025-05-22
      -
    claude-sonnet-4 claude-sonnet-4-0,claude-sonnet-4-20250514 claude-sonnet-4-20250514-v1:0 apac,eu,global,us 200000 64000 - 1024
      enabled,disabled* - - y y free nn 2026-06-15 2026-10-14 2025-05-22
      -
    claude-opus-4-1 claude-opus-4-1,claude-opus-4-1-20250805 claude-opus-4-1-20250805-v1:0 eu,us 200000 32000 - 1024
      enabled,disabled* - - y y free nn 2026-08-05 2027-01-08 2025-08-05
      -
    claude-sonnet-4-5 claude-sonnet-4-5,claude-sonnet-4-5-20250929 claude-sonnet-4-5-20250929-v1:0 au,eu,global,jp,us,us-gov 200000 64000 - 1024
      enabled,disabled* - - y y one nn 2026-11-30 2027-04-08 2025-09-29
      -
    claude-haiku-4-5 claude-haiku-4-5-20251001,claude-haiku-4-5 claude-haiku-4-5-20251001-v1:0 apac,au,eu,global,jp,us 200000 64000 - 4096
      enabled,disabled* - - y y one nn - - 2025-10-15
      -
    claude-opus-4-5 claude-opus-4-5-20251101,claude-opus-4-5 claude-opus-4-5-20251101-v1:0 eu,global,us 200000 64000 - 4096
      enabled,disabled* lmh - y y one nn 2027-01-22 - 2025-11-24
      -
    claude-opus-4-6 claude-opus-4-6,claude-opus-4-6-20260205 claude-opus-4-6-v1 au,eu,global,us 1000000 128000 - 4096
      adaptive,enabled,disabled* lmhM - y n one nn - - 2026-02-05
      -
    claude-sonnet-4-6 claude-sonnet-4-6 claude-sonnet-4-6 apac,au,eu,global,jp,us 1000000 128000 64000 1024
      adaptive,enabled,disabled* lmhM - y n one nn - - 2026-02-17
      -
    claude-opus-4-7 claude-opus-4-7,claude-opus-4-7-20260416 claude-opus-4-7 apac,au,eu,global,jp,us 1000000 128000 - 2048
      adaptive,disabled* lmhxM - y n defaults nn - - 2026-04-16
      -
    claude-opus-4-8 claude-opus-4-8 claude-opus-4-8 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 1024
      adaptive,disabled* lmhxM - y n defaults yy - - 2026-05-28
      -
    claude-fable-5 claude-fable-5 claude-fable-5 apac,au,eu,global,us 1000000 128000 - 512
      adaptive* lmhxM - y n defaults yy - - 2026-06-09
      -
    claude-mythos-5 claude-mythos-5 (claude-mythos-5) us 1000000 128000 - 512
      adaptive* lmhxM - y n defaults yn - - 2026-06-09
      -
    claude-sonnet-5 claude-sonnet-5 claude-sonnet-5 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 1024
      adaptive*,disabled lmhxM - y n defaults n? - - 2026-06-30
      -
    claude-opus-5 claude-opus-5 claude-opus-5 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 512
      adaptive*,disabled lmhxM - y n defaults yy - - 2026-07-24
      -
    claude-fable-5-1 claude-fable-5-1 claude-fable-5-1 eu,global,us,us-gov 1000000 128000 - 512
      adaptive* lmhxM sealed n n defaults yy - - 2026-09-01
      claude-fable-5-1,claude-mythos-5-1,claude-opus-5,claude-fable-5,claude-mythos-5,claude-opus-4-8,older,claude-opus-5-5@api
    claude-mythos-5-1 claude-mythos-5-1 claude-mythos-5-1 global,us 1000000 128000 - 512
      adaptive* lmhxM sealed n n defaults y? - - 2026-09-01
      claude-fable-5-1,claude-mythos-5-1,claude-opus-5,claude-fable-5,claude-mythos-5,claude-opus-4-8,older,claude-opus-5-5@api
    claude-opus-5-5 claude-opus-5-5 claude-opus-5-5 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 512
      adaptive* lmhxM sealed n n defaults yy - - 2026-09-22
      claude-opus-5-5,claude-opus-5,claude-opus-4-8,older,claude-sonnet-5-5@api,claude-haiku-5-5@api
    claude-sonnet-5-5 claude-sonnet-5-5 claude-sonnet-5-5 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 512
      adaptive*,between_tools lmhxM sealed n n defaults yy - - 2026-09-28
      claude-sonnet-5-5,claude-sonnet-5,claude-opus-4-8,claude-haiku-4-5,older,claude-haiku-5-5@api
    claude-haiku-5-5 claude-haiku-5-5 claude-haiku-5-5 apac,au,eu,global,jp,us,us-gov 1000000 128000 - 512
      adaptive*,disabled lmhxM sealed y n defaults yy - - 2026-10-07
      claude-haiku-5-5,claude-sonnet-5,claude-opus-4-8,claude-haiku-4-5,older
    claude-fable-5-2 claude-fable-5-2 claude-fable-5-2 global,us 1000000 128000 - 512
      adaptive* lmhxM sealed n n defaults yy - - 2026-11-09
      claude-fable-5-2,claude-mythos-5-2,claude-opus-5-5,claude-sonnet-5-5,claude-haiku-5-5,claude-fable-5-1,claude-mythos-5-1,claude-opus-5,claude-fable-5,claude-mythos-5,older
    claude-mythos-5-2 claude-mythos-5-2 (claude-mythos-5-2) global 1000000 128000 - 512
      adaptive* lmhxM sealed n n defaults y? - - 2026-11-09
      claude-fable-5-2,claude-mythos-5-2,claude-opus-5-5,claude-sonnet-5-5,claude-haiku-5-5,claude-fable-5-1,claude-mythos-5-1,claude-opus-5,claude-fable-5,claude-mythos-5,older
    """
}
