import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// The table of what models take is the file that it was made from, value by value.
@Suite(.enabled(if: SharedData.url("models-2026-11.json") != nil, "the shared data are not here"))
struct ModelTraitsTableTests {
  static let file: JSONObject = {
    guard let url = SharedData.url("models-2026-11.json"), let data = try? Data(contentsOf: url),
      let json = try? JSON.parse([UInt8](data))
    else { return [:] }
    return json["models"]?.object ?? [:]
  }()

  static let names = file.map(\.key).sorted()

  /// `claude` alone says too little, so the oldest ones are asked for by their names on Bedrock.
  private static func traits(_ id: String) -> ModelTraits {
    let isOldest = ["claude", "claude-instant"].contains(id)
    return ModelCatalog.traits(of: isOldest ? file[id]?["bedrock"]?["foundation_id"]?.string ?? "" : id)
  }

  @Test func `the file has all families that are known`() {
    #expect(Self.names.count == 30)
    #expect(Set(ModelCatalog.families.map(\.id)).subtracting(["claude-3-5-sonnet-20240620"]) == Set(Self.names))
  }

  @Test(arguments: names) func `thinking and effort are the file's:`(id: String) throws {
    let (entry, traits) = (try #require(Self.file[id]), Self.traits(id))
    #expect(traits.thinkingTypes == Set(entry["thinkingTypes"]?.array?.compactMap(\.string) ?? ["?"]))
    #expect(traits.thinkingDefault == entry["thinkingDefault"]?.string)
    #expect(traits.displayDefault == entry["displayDefault"]?.string)
    #expect(traits.efforts == entry["efforts"]?.array?.compactMap(\.string))
    #expect(traits.defaultEffort == entry["defaultEffort"]?.string)
    let bound = entry["thinkingDisabledMaxEffort"]?.string ?? entry["betweenToolsMaxEffort"]?.string
    #expect(traits.effortMaxWithoutThinking == bound)
    #expect(!traits.thinkingTypes.isEmpty == entry["thinking"]?.bool)
  }

  @Test(arguments: names) func `what is refused is what the file says:`(id: String) throws {
    let (entry, traits) = (try #require(Self.file[id]), Self.traits(id))
    let forced: ModelTraits.ForcedToolChoice? =
      switch entry["forcedToolChoice"] {
      case true: .always
      case false: .never
      case "only with thinking off", "not with thinking.type enabled", .null: .withoutManualThinking
      default: nil
      }
    #expect(traits.forcedToolChoice == forced)
    #expect(traits.prefill == entry["prefill"]?.bool)
    #expect(traits.vision == entry["vision"]?.bool)
    let sampling = try #require(entry["sampling"]?.string)
    let isOne = sampling.hasPrefix("temperature or top_p")
    #expect(traits.sampling == (sampling == "yes" ? .free : isOne ? .oneOfTwo : .none))
    #expect(traits.takesSystemMessages(onBedrock: false) == entry["midConversationSystem"]?["api"]?.bool)
    let onBedrock = entry["midConversationSystem"]?["bedrockInvoke"]?.bool ?? false
    #expect(traits.takesSystemMessages(onBedrock: true) == onBedrock)
  }

  @Test(arguments: names) func `cache, sealed thinking and the last day are the file's:`(id: String) throws {
    let (entry, traits) = (try #require(Self.file[id]), Self.traits(id))
    #expect(traits.caching == entry["prompt_caching"]?.bool)
    if traits.caching { #expect(traits.cacheMinTokens == entry["cacheMinTokens"]?.int) }
    #expect(traits.sealsThinking == (entry["preservedThinking"]?["applies"]?.bool ?? false))
    let read = entry["readsThinkingOf"]?.array?.compactMap(\.string).map { String($0.prefix { $0 != " " }) }
    #expect(traits.readsThinkingOf.map { Set($0 + traits.readsAtAPIOnly) } == read.map(Set.init))
    let inBrackets = entry["readsThinkingOf"]?.array?.compactMap(\.string).filter { $0.contains("(API") } ?? []
    #expect(traits.readsAtAPIOnly == inBrackets.map { String($0.prefix { $0 != " " }) })
    #expect(traits.retires(onBedrock: false) == entry["retiresAt"]?["api"]?.string)
    #expect(traits.retires(onBedrock: true) == entry["retiresAt"]?["bedrock"]?.string)
  }

  @Test(arguments: names) func `windows are the file's, by service:`(id: String) throws {
    let entry = try #require(Self.file[id])
    if ModelCatalog.family(id)?.api != nil {
      let window = ModelCatalog.window(of: id, onBedrock: false)
      #expect(window?.context == entry["context_window"]?.int && window?.output == entry["max_output"]?.int)
    }
    let bedrock = try #require(entry["bedrock"])
    guard let name = bedrock["foundation_id"]?.string, let context = bedrock["context_window"]?.int else { return }
    let window = ModelCatalog.window(of: name, onBedrock: true)
    #expect(window?.context == context && window?.output == bedrock["max_output"]?.int)
  }
}

@Suite struct ModelTraitsTests {
  @Test(arguments: [
    "claude-opus-5-5", "us.anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", "opus",
    "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-5-5",
  ])
  func `a model is the same by all its names:`(name: String) {
    #expect(ModelCatalog.traits(of: name) == ModelCatalog.traits(of: "claude-opus-5-5"))
    #expect(ModelCatalog.traits(of: name).defaultEffort == "medium")
  }

  @Test(arguments: ["claude-opus-5-6", "claude-saga-6", "us.anthropic.claude-sonnet-7-1", "claude-haiku-6-20270101"])
  func `a version after all known ones is taken for one that takes what the newest do:`(name: String) {
    let traits = ModelCatalog.traits(of: name)
    #expect(traits.thinkingTypes == ["adaptive"] && traits.sealsThinking && traits.forcedToolChoice == .never)
    #expect(traits.takesSystemMessages(onBedrock: false) && !traits.prefill && traits.sampling == .none)
    #expect(traits.takesSystemMessages(onBedrock: true) == !name.contains("2027"))
    for onBedrock in [false, true] {
      #expect(
        ModelCatalog.window(of: name, onBedrock: onBedrock)
          == ModelCatalog.window(of: "claude-opus-5-5", onBedrock: onBedrock))
    }
  }

  @Test(arguments: [
    ("claude-opus-4-9", "claude-opus-4-8"), ("claude-haiku-5", "claude-haiku-4-5"),
    ("claude-sonnet-5-0-20260801", "claude-sonnet-5"),
  ])
  func `an older unknown version takes what the known one below it takes:`(name: String, known: String) {
    #expect(ModelCatalog.traits(of: name) == ModelCatalog.traits(of: known))
    #expect(ModelCatalog.window(of: name, onBedrock: false) == ModelCatalog.window(of: known, onBedrock: false))
  }

  @Test(arguments: [
    "gpt-4", "claude", "claude-next", "claude-opus-x", "claude-fable-4", "claude-opus-5-1-2-3", "",
    "arn:aws:bedrock:us-west-2:1:application-inference-profile/abcd1234",
  ])
  func `of any other name nothing is known, and nothing refused:`(name: String) {
    guard ModelCatalog.find(name) == nil else { return }
    let traits = ModelCatalog.traits(of: name)
    #expect(traits.thinkingDefault == nil && traits.defaultEffort == nil && traits.displayDefault == nil)
    #expect(traits.thinkingTypes.count == 4 && traits.efforts.count == 5 && traits.forcedToolChoice == .always)
    #expect(!traits.takesSystemMessages(onBedrock: false) && traits.sealsThinking)
    #expect(ModelCatalog.window(of: name, onBedrock: true) == nil)
  }

  @Test func `the oldest models take no marks for the cache on Bedrock`() {
    #expect(ModelCatalog.traits(of: "claude-3-haiku-20240307").caching)
    #expect(!ModelCatalog.traits(of: "anthropic.claude-3-haiku-20240307-v1:0").caching)
    #expect(ModelCatalog.traits(of: "us.anthropic.claude-haiku-5-5").caching)
  }

  @Test(arguments: [
    ("claude-opus-4-8", "claude-opus-5-5", true, true), ("claude-sonnet-5-5", "claude-opus-5-5", true, false),
    ("claude-fable-5", "claude-opus-5-5", false, false),
    ("claude-opus-5", "us.anthropic.claude-sonnet-5-5", false, false),
    ("claude-opus-4-1", "claude-haiku-5-5", true, true), ("claude-fable-5-2", "claude-opus-5", false, false),
    ("claude-sonnet-4-5", "claude-opus-4-5", true, true), ("gpt-4", "claude-opus-5", false, false),
    ("anthropic.claude-opus-5", "claude-opus-5", true, true),
  ])
  func `who reads whose thinking`(writer: String, reader: String, atAPI: Bool, onBedrock: Bool) {
    #expect(ModelTraits.reads(writer, by: reader, onBedrock: false) == atAPI)
    #expect(ModelTraits.reads(writer, by: reader, onBedrock: true) == onBedrock)
  }
}
