import OperatingSystem
import Protocol
import Providers
import Server

extension FuzzTarget {
  /// What comes as a file, or in place of one.
  static let documents = [
    FuzzTarget(name: "session", check: session), FuzzTarget(name: "profile", check: profile),
    FuzzTarget(name: "image", check: image), FuzzTarget(name: "notebook", check: notebook),
    FuzzTarget(name: "page", check: page), FuzzTarget(name: "xml", check: xml),
  ]

  private struct Nobody: EventSink {
    var isBehind: Bool { false }
    func send(_ batch: [SessionEvent]) {}
    func tell(_ event: ServerEvent) {}
    func room() async {}
  }

  private static func session(_ bytes: [UInt8]) throws {
    guard let json = try? JSON.parse(bytes), let request: SessionImport = try? (["document": json] as JSON).decode()
    else { return }
    let time = TimeSource(now: { 1_800_000_000_000 }, monotonic: { 0 }, sleep: { _ in }, random: { 0.5 })
    let sessions = Sessions(
      defaults: SessionDefaults(model: "sonnet", provider: .anthropic), sink: Nobody(), time: time,
      names: NameSource { "\($0)-1" })
    guard let info = try? sessions.restore(request) else { return }
    let session = try sessions.session(info.sessionId)
    let document = try session.document()
    let written: JSON = ["document": try JSON(encoding: document)]
    let other = try sessions.restore(try written.decode())
    let again = try sessions.session(other.sessionId).document()
    try expect(again.exchanges == document.exchanges && again.usage == document.usage, "taken in twice, it differs")
    var usage = Usage()
    (usage.input, usage.output) = (ModelLimits.tokensMax, ModelLimits.tokensMax)
    session.add(usage, cost: CallCost(Cost(usd: 1, source: "s")))
    _ = (session.info, session.memoryBytes, session.record.usage.all)
    for model in [nil, "claude-sonnet-4-5"] {
      let target = model.map { ConversationTarget(provider: .bedrock, model: $0) }
      let messages = Conversation.messages(past: document.exchanges, current: [], target: target)
      _ = TokenEstimate.messages(messages)
      try expect(ConversationRepair.repaired(messages) == messages, "what was made fit is not fit")
    }
    var contents = RequestContents()
    contents.exchanges = document.exchanges
    _ = ContextReport(contents, model: "m", size: 200_000)
  }

  private static func profile(_ bytes: [UInt8]) throws {
    for kind in [ProfileFile.Kind.config, .credentials] {
      do throws(CredentialsError) { _ = try ProfileFile(bytes, kind: kind, path: "config") } catch {
        try expect(!error.message.isEmpty, "a failure that says nothing")
      }
    }
  }

  private static func image(_ bytes: [UInt8]) throws {
    for provider in [ProviderID.anthropic, .bedrock] {
      if let image = try? SoundImage(bytes: bytes, for: provider) {
        let size = ImageSize(base64: image.data)
        try expect(size != nil, "a sound image has no size")
        try expect((1...1_600).contains(TokenEstimate.image(size)), "an image of no or too many tokens")
        try expect(try SoundImage(text: image.data, for: provider) == image, "the same as text is another image")
      }
      _ = try? SoundImage(text: text(bytes), for: provider)
      _ = try? SoundDocument.pdf(bytes: bytes, title: "t", for: provider)
    }
    _ = ImageSize(base64: Base64.encode(bytes.span))
  }

  private static func notebook(_ bytes: [UInt8]) throws {
    _ = Notebook.text(bytes)
    guard let (plain, encoding) = TextEncoding.decode(bytes) else { return }
    if encoding != .utf8 { _ = encoding.encode(plain) }
    let (old, new) = two(bytes)
    if let diff = UnifiedDiff.text(path: "a", old: old, new: new) { try expect(!diff.isEmpty, "an empty difference") }
  }

  private static func page(_ bytes: [UInt8]) throws {
    let (title, words) = PageText.of(text(bytes))
    try expect(title?.isEmpty != true, "an empty title")
    _ = words
  }

  private static func xml(_ bytes: [UInt8]) throws {
    do throws(XMLSyntaxError) { _ = try XMLText(bytes) } catch { return }
  }
}
