package import Protocol
internal import Providers

/// What a client's values must be; each refusal says what, which, and what would do.
package enum Check {
  /// A number within bounds.
  package static func range(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws(Failure) -> Int {
    guard range.contains(value) else {
      let upper = range.upperBound >= Int.max - 1 ? "" : " and at most \(range.upperBound)"
      throw .invalidParams("\(name) must be at least \(range.lowerBound)\(upper); it is \(value)")
    }
    return value
  }

  /// A title, without the blanks around it.
  package static func title(_ title: String) throws(Failure) -> String {
    let trimmed = Trimmed.of(title)
    guard (1...ServerLimits.titleMax).contains(trimmed.count) else {
      throw .invalidParams("title must have 1 to \(ServerLimits.titleMax) characters; it has \(trimmed.count)")
    }
    return trimmed
  }

  /// A name that a client chose.
  package static func clientID(_ id: String, _ name: String) throws(Failure) -> String {
    guard (1...ServerLimits.clientIDMax).contains(id.count) else {
      throw .invalidParams("\(name) must have 1 to \(ServerLimits.clientIDMax) characters; it has \(id.count)")
    }
    return id
  }

  /// A secret that must be there.
  package static func secret(_ secret: Secret?, _ name: String) throws(Failure) -> Secret {
    guard let secret, !secret.reveal().allSatisfy(\.isWhitespace) else { throw .invalidParams("\(name) is missing") }
    // Anything else could end the header it is put in.
    guard secret.reveal().utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .invalidParams("\(name) has a blank or a character that no key has")
    }
    return secret
  }

  /// A prompt that a model can read.
  package static func prompt(_ prompt: Prompt) throws(Failure) {
    guard !prompt.isBlank else { throw .invalidParams("prompt is empty; the model needs a text or an image") }
  }

  /// A prompt that a service takes; images that are not called what they are come back with their real type.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for an image that the service would refuse, now and in all later requests.
  package static func prompt(_ prompt: Prompt, for provider: ProviderID) throws(Failure) -> Prompt {
    try Check.prompt(prompt)
    var sound = prompt
    for (number, block) in prompt.blocks.enumerated() {
      do throws(SoundImage.Flaw) {
        sound.blocks[number] = try SoundDocument.sound(block, for: provider)
      } catch {
        throw .invalidParams("prompt[\(number)]: the \(block.word) cannot be sent: \(error.reason)")
      }
    }
    return sound
  }
}

extension ContentBlock {
  /// What it is called when it cannot be sent.
  fileprivate var word: String {
    switch self {
    case .text: "text"
    case .image, .imageURL: "image"
    case .document: "document"
    case .resource: "resource"
    case .resourceLink: "link"
    }
  }
}

extension AgentRun {
  /// Checks all that can be checked without a session.
  package func check() throws(Failure) {
    try Check.prompt(prompt)
    if let maxTurns { _ = try Check.range(maxTurns, 1...Int.max, "maxTurns") }
    if let maxTokens { _ = try Check.range(maxTokens, 1...Int.max, "maxTokens") }
    if let model { try Check.model(model) }
    if let fallbackModel { try Check.model(fallbackModel) }
    try thinking?.check(maxTokens: maxTokens)
    try toolChoice?.check()
    if let budget { _ = try Budget(budget) }
    if let outputSchema, outputSchema.object == nil {
      throw .invalidParams("outputSchema must be a JSON Schema object; it is \(outputSchema.kindName)")
    }
  }
}

extension Check {
  /// A model's name.
  package static func model(_ model: String) throws(Failure) {
    guard !model.isEmpty, model.allSatisfy({ !$0.isWhitespace && $0.isASCII }) else {
      throw .invalidParams(
        "model '\(model)' is no model's name; the provider's documentation names them")
    }
  }
}

extension Thinking {
  /// Checks the budget against the API's rules.
  package func check(maxTokens: Int?) throws(Failure) {
    if display != nil, type == .disabled || type == .betweenTools {
      throw .invalidParams("thinking.display is for the types 'enabled' and 'adaptive' only")
    }
    guard let budgetTokens else { return }
    guard type == .enabled else { throw .invalidParams("thinking.budgetTokens is for type 'enabled' only") }
    _ = try Check.range(budgetTokens, ProviderLimits.thinkingMin...Int.max, "thinking.budgetTokens")
    guard let maxTokens, budgetTokens >= maxTokens else { return }
    throw .invalidParams("thinking.budgetTokens must be less than maxTokens (\(maxTokens)); it is \(budgetTokens)")
  }
}

extension ToolChoice {
  /// Checks that a tool is named where one has to be.
  package func check() throws(Failure) {
    switch (type, name) {
    case (.tool, nil), (.tool, ""?): throw .invalidParams("toolChoice.name is needed for type 'tool'")
    case (.any, _?), (.auto, _?), (.none, _?): throw .invalidParams("toolChoice.name is for type 'tool' only")
    case (.tool, _?), (_, nil): break
    }
  }
}

extension SessionOptions {
  /// The options with a trimmed title, when all of them are sound.
  package func checked() throws(Failure) -> SessionOptions {
    var options = self
    if let title { options.title = try Check.title(title) }
    if let cwd, !cwd.hasPrefix("/") { throw .invalidParams("cwd must be absolute; it is '\(cwd)'") }
    for folder in additionalDirectories ?? [] where !folder.hasPrefix("/") {
      throw .invalidParams("additionalDirectories must be absolute; one is '\(folder)'")
    }
    _ = try Check.range(
      additionalDirectories?.count ?? 0, 0...ServerLimits.additionalDirectoriesMax,
      "the number of additionalDirectories")
    if let model { try Check.model(model) }
    if let fallbackModel { try Check.model(fallbackModel) }
    if let maxHistory { _ = try Check.range(maxHistory, 0...Int.max, "maxHistory") }
    if let compactAt {
      _ = try Check.range(compactAt, ServerLimits.compactAtMin...Int.max, "compactAt")
    }
    if let maxTokens { _ = try Check.range(maxTokens, 1...Int.max, "maxTokens") }
    if let budget { _ = try Budget(budget) }
    try thinking?.check(maxTokens: maxTokens)
    try webSearch?.check("webSearch", on: provider)
    try webFetch?.check("webFetch", on: provider)
    return options
  }

  /// Takes over what another set-up says.
  package mutating func merge(_ new: SessionOptions) {
    title = new.title ?? title
    cwd = new.cwd ?? cwd
    additionalDirectories = new.additionalDirectories ?? additionalDirectories
    model = new.model ?? model
    fallbackModel = new.fallbackModel ?? fallbackModel
    provider = new.provider ?? provider
    system = new.system ?? system
    maxHistory = new.maxHistory ?? maxHistory
    compactAt = new.compactAt ?? compactAt
    maxTokens = new.maxTokens ?? maxTokens
    thinking = new.thinking ?? thinking
    effort = new.effort ?? effort
    tools = new.tools ?? tools
    delegates = new.delegates ?? delegates
    webSearch = new.webSearch ?? webSearch
    webFetch = new.webFetch ?? webFetch
    permissionMode = new.permissionMode ?? permissionMode
    sandbox = new.sandbox ?? sandbox
    budget = new.budget ?? budget
  }
}

extension WebToolOptions {
  /// Checks the bounds, and that the provider has such tools at all, where it is known.
  package func check(_ name: String, on provider: ProviderID?) throws(Failure) {
    guard provider != .bedrock || maxUses == 0 else {
      throw .invalidParams("\(name): Bedrock has no such tool; a model there fetches pages with fetch_url")
    }
    if let maxUses { _ = try Check.range(maxUses, 0...ServerLimits.webUsesMax, "\(name).maxUses") }
    guard allowedDomains == nil || blockedDomains == nil else {
      throw .invalidParams("\(name): allowedDomains and blockedDomains exclude each other")
    }
    for domain in (allowedDomains ?? []) + (blockedDomains ?? []) {
      let host = domain.prefix { $0 != "/" }
      let isHost = host.contains(".") && host.utf8.allSatisfy { Byte.isName($0) || $0 == UInt8(ascii: ".") }
      guard isHost, domain.utf8.allSatisfy(Byte.isGraphic), domain.utf8.count <= ServerLimits.domainBytesMax else {
        throw .invalidParams(
          "\(name): '\(domain.prefix(80))' is no domain such as 'example.com', without scheme and port")
      }
    }
  }
}

extension ConversationPrefix {
  /// The prefix, when a service takes it: all requests of its session begin with it.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` that names the place.
  package func checked() throws(Failure) -> ConversationPrefix {
    for (number, block) in system.enumerated() {
      guard block["type"] == "text", let text = block["text"]?.string, !BlankText.isBlank(text) else {
        throw .invalidParams("document.prefix.system[\(number)] is no text that says something")
      }
    }
    var names: Set<String> = []
    for (number, tool) in tools.enumerated() {
      let place = "document.prefix.tools[\(number)]"
      guard let name = tool["name"]?.string, (1...ToolLimits.toolNameMax).contains(name.utf8.count),
        name.utf8.allSatisfy(Byte.isName)
      else { throw .invalidParams("\(place) has no name that a tool can have") }
      guard names.insert(name).inserted else { throw .invalidParams("\(place) has the name '\(name)' a second time") }
      guard tool["input_schema"]?["type"] == "object" || WebTools.isSound(tool) else {
        throw .invalidParams("\(place), '\(name)', has no input_schema of type 'object'")
      }
    }
    return self
  }
}

extension TimeoutOptions {
  /// Checks that the numbers make sense, alone and together; `name` gives the word by which each was set.
  package func check(named name: (String) -> String = { "timeouts.\($0)" }) throws(Failure) {
    let wait = ServerLimits.timeoutMin...ServerLimits.timeoutMax
    let hint = ": it counts milliseconds"
    for (value, word) in [(idleMs, "idleMs"), (contentMs, "contentMs"), (callMs, "callMs")] {
      guard let value, !wait.contains(value) else { continue }
      throw .invalidParams(
        "\(name(word)) must be at least \(wait.lowerBound) and at most \(wait.upperBound)\(hint); it is \(value)")
    }
    if let stallNoticeMs, stallNoticeMs != 0, !wait.contains(stallNoticeMs) {
      throw .invalidParams(
        "\(name("stallNoticeMs")) must be 0, for no notices, or at least \(wait.lowerBound) and at most "
          + "\(wait.upperBound)\(hint); it is \(stallNoticeMs)")
    }
    if let retries { _ = try Check.range(retries, 0...ServerLimits.retriesMax, name("retries")) }
    if let contentMs, let idleMs, contentMs < idleMs {
      throw .invalidParams(
        "\(name("contentMs")) (\(contentMs)) must not be less than \(name("idleMs")) (\(idleMs)): where no byte comes, "
          + "no content does")
    }
  }
}
