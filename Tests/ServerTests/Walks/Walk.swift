import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport

/// A few random steps through a conversation: real sessions, runs and tools, a scripted provider, time that stands still.
final class Walk: Sendable {
  private struct State {
    var numbers: RandomNumbers
    var session: Session
    var words = 0
    var open: [String] = []
  }

  private let seed: UInt64
  private let model: WalkingModel
  private let sessions: Sessions
  private let runs: Runs
  private let upkeep: SessionUpkeep
  private let state: Mutex<State>
  /// What a prompt says beside its word: so much in a few walks that the model's window is soon full.
  private let padding: String
  private static let models = ["claude-haiku-4-5-20251001", "claude-opus-4-5-20251101"]
  private static let longPadding = String(repeating: " and a little more", count: 8_000)

  init(seed: UInt64, folder: TemporaryFolder) throws {
    self.seed = seed
    padding = seed % 100 == 0 ? Self.longPadding : ""
    let model = WalkingModel(seed: seed &+ 1_000_000)
    // A question's deadline never comes.
    let time = ManualClock(now: 0).source
    let count = Mutex(0)
    let names = NameSource { kind in
      count.withLock {
        $0 += 1
        return "\(kind)-\($0)"
      }
    }
    let sessions = Sessions(
      defaults: SessionDefaults(model: Self.models[0], provider: .anthropic), sink: SilentSink(), time: time,
      names: names)
    self.model = model
    self.sessions = sessions
    let providers = ProviderSet([.anthropic: model, .bedrock: model])
    let person = WalkingPerson()
    let engine = Engine.walking(in: folder, person, sessions: sessions, providers: providers, time: time)
    runs = Runs(sessions: sessions, engine: engine, names: names) {}
    upkeep = SessionUpkeep(sessions: sessions, runs: runs, engine: engine)
    var numbers = RandomNumbers(seed: seed)
    var options = SessionOptions()
    options.maxHistory = Int.random(in: 0...4, using: &numbers)
    state = Mutex(State(numbers: numbers, session: try sessions.makeSession(options)))
    person.whenAsked { [weak self] question in await self?.decide(question) }
  }

  /// How often the model was asked.
  var requests: Int { model.requests }

  /// Takes the steps.
  ///
  /// - Returns: What was wrong, each with the seed.
  func take() async throws -> [String] {
    model.onAsk(
      isCancelled: { [self] in session.runs.first?.isCancelled ?? false },
      expecting: { [self] request in flaw(inWhatIsSeenBy: request) }
    ) { [self] in await interlude() }
    for _ in 0..<below(3) + 4 {
      try await step()
      // Older ones were looked at before, and are never changed.
      for (number, exchange) in session.record.exchanges.enumerated().suffix(3) {
        if let flaw = Conversation.flaw(in: exchange.messages) { model.note("exchange \(number): \(flaw)") }
      }
    }
    return model.flaws.map { "seed \(seed), \($0)" }
  }

  // MARK: Steps

  private func step() async throws {
    switch below(14) {
    case 0: _ = try? sessions.rewind(decoded(["sessionId": id, "exchanges": number(below(count + 1))]))
    case 1:
      let fork = try sessions.fork(decoded(["sessionId": id, "exchanges": number(below(count + 1))]))
      if below(2) == 0 { go(to: try sessions.session(fork.sessionId)) }
    case 2: try setOptions(isBetweenRuns: true)
    case 3: go(to: try restored(session.document()))
    case 4:
      if below(2) == 0 { return try compact() }
      _ = try? await upkeep.compact(decoded(["sessionId": id]))
      await settle()
    default: try await prompt()
    }
  }

  private func prompt() async throws {
    var request = AgentRun(prompt: words(), sessionId: session.id)
    if below(4) == 0 { request.maxTurns = below(3) + 1 }
    if below(5) == 0 { request.model = Self.models[1] }
    if below(8) == 0 { request.outputSchema = ["type": "object"] }
    do {
      _ = try await runs.run(request)
    } catch let error as Failure {
      // A person's picture that a service does not take is refused at once.
      if error.reason != .failed, !error.message.contains("by 'uri'") { model.note("a run failed with \(error)") }
    }
    await settle()
  }

  /// Waits for the runs that came meanwhile, which follow one after another.
  private func settle() async {
    while let next = state.withLock({ $0.open.isEmpty ? nil : $0.open.removeFirst() }) {
      _ = try? await runs.wait(decoded(["runId": .string(next)]))
    }
  }

  /// What a person does who is asked about a call: answers, or does something else first, or stops it all.
  private func decide(_ question: PermissionQuestion) async {
    let options = question.prompt.options
    switch below(6) {
    case 0: _ = try? runs.cancel(decoded(["sessionId": id]))
    case 1: await interlude()
    case 2: try? setOptions(isBetweenRuns: false)
    default: break
    }
    question.answer(options[below(options.count)].id)
  }

  /// What happens while the model speaks.
  private func interlude() async {
    switch below(12) {
    case 0, 1: _ = try? runs.cancel(decoded(["sessionId": id]))
    case 2: _ = try? runs.steer(decoded(["sessionId": id, "prompt": try JSON(encoding: words())]))
    case 3:
      guard below(3) == 0 else { return }
      var request = AgentRun(prompt: words(), sessionId: session.id)
      request.whenBusy = [.queue, .steer, .reject][below(3)]
      request.detach = true
      guard let (run, start) = try? await runs.begin(request) else { return }
      start()
      state.withLock { $0.open.append(run.runId) }
    case 4: try? setOptions(isBetweenRuns: false)
    case 5:
      // While history is made shorter by hand no run goes on, and it may be.
      let isGoing = session.info.activeRunId != nil
      guard (try? sessions.rewind(decoded(["sessionId": id, "exchanges": 0]))) == nil || !isGoing else {
        return model.note("a rewind while a run goes on")
      }
    default: break
    }
  }

  /// Thinking is left alone while a run goes on: a turn that began without thoughts cannot go on with them.
  private func setOptions(isBetweenRuns: Bool) throws {
    var options: [String: JSON] = ["model": .string(Self.models[below(2)])]
    options["provider"] = below(2) == 0 ? "anthropic" : "bedrock"
    if isBetweenRuns {
      options["thinking"] = below(2) == 0 ? ["type": "enabled", "budgetTokens": 2_048] : ["type": "disabled"]
      options["maxHistory"] = number(below(5))
    }
    if below(3) == 0 { options["system"] = "be brief" }
    if below(3) == 0 { options["permissionMode"] = .string(["ask", "acceptEdits", "readOnly", "bypass"][below(4)]) }
    if below(6) == 0 {
      options["tools"] = below(2) == 0 ? ["read_file"] : ["write_file", "switch_model", "update_plan"]
    }
    let new: SessionOptions = try JSON.object(JSONObject(options.map { ($0, $1) })).decode()
    _ = session.change { $0.merge(new) }
  }

  /// What a compaction does: the model's summary takes the place of all.
  private func compact() throws {
    var document = try session.document()
    var usual = ModelRequest(model: "m", messages: [], maxTokens: 1)
    usual.messages = Conversation.messages(past: document.exchanges, current: [], target: nil)
    if let flaw = RequestRules.flaw(in: Compaction.request(like: usual)) { model.note("to be summarized: \(flaw)") }
    document.exchanges = [Compaction.exchange(summary: "it was so", name: "x", at: 0, usage: Usage())]
    document.prefix = nil
    go(to: try restored(document))
  }

  private func restored(_ document: SessionDocument) throws -> Session {
    var other = document
    other.sessionId = "restored"
    let info = try sessions.restore(decoded(["document": try JSON(encoding: other)]))
    return try sessions.session(info.sessionId)
  }

  // MARK: What is expected

  /// Cut between exchanges only: the model sees the words of the last exchanges, then those of the run, and no others.
  private func flaw(inWhatIsSeenBy request: ModelRequest) -> String? {
    // What does not fit is summarized without its middle.
    guard !request.messages.contains(where: { $0.text.contains("messages are left out here") }) else { return nil }
    let past = session.record.exchanges
    let visible = past.filter { $0.hidden != true }
    let counted = visible.count { !$0.runId.hasPrefix("compaction-") }
    if let most = session.options.maxHistory, request.messages.last?.text.contains("Write the summary") != true,
      counted > most
    {
      return "the model sees \(counted) exchanges, and should see \(most) at most"
    }
    let expected = visible.flatMap { Self.words(of: $0.messages) }
    let seen = Self.words(of: request.messages)
    guard seen.starts(with: expected) else { return "the model sees \(seen), and should see \(expected) first" }
    let known = Set(past.flatMap { Self.words(of: $0.messages) })
    let own = seen.dropFirst(expected.count)
    if own.isEmpty, request.messages.last?.text.contains("Write the summary") != true {
      return "the model does not see what was said to it"
    }
    return own.contains(where: known.contains) ? "the model sees \(seen), and should see \(expected) only" : nil
  }

  /// What the person said, and summaries of it.
  private static func words(of messages: [JSON]) -> [String] {
    messages.filter { $0["role"] == "user" }.flatMap { $0["content"]?.array ?? [] }.compactMap { block in
      guard let text = block["text"]?.string else { return nil }
      return text.hasPrefix("word ") || text.hasPrefix(Compaction.heading) ? String(text.prefix(60)) : nil
    }
  }

  // MARK: Chance

  private var session: Session { state.withLock { $0.session } }
  private var id: JSON { .string(session.id) }
  private var count: Int { session.record.exchanges.count }

  private func go(to session: Session) { state.withLock { $0.session = session } }
  private func below(_ end: Int) -> Int { state.withLock { Int.random(in: 0..<end, using: &$0.numbers) } }
  private func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }

  private func words() -> Prompt {
    let number = state.withLock { state in
      state.words += 1
      return state.words
    }
    let text = ContentBlock.text("word \(number)\(padding)")
    guard number % 5 == 0 else { return Prompt(blocks: [text]) }
    let image = ContentBlock.image(mimeType: number % 2 == 0 ? "image/png" : "image/jpeg", data: Picture.png)
    // Bedrock fetches nothing.
    guard session.info.provider == .anthropic else { return Prompt(blocks: [image, text]) }
    return Prompt(blocks: [image, text, .imageURL("https://example.com/a.png")])
  }

  private func decoded<Value: Decodable>(_ json: JSON) throws -> Value { try json.decode() }
}
