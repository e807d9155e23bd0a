internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// A server that was met, until it ends: what it is asked, in the words of its era.
final class MCPConnection: Sendable {
  /// What it said of itself.
  let greeting: MCPGreeting
  private let transport: any MCPTransport
  private let settings: MCPServerSettings
  private let host: MCPHost
  private let desk: MCPDesk

  init(_ met: MCPMeeting.Met, _ settings: MCPServerSettings, _ host: MCPHost, _ desk: MCPDesk) {
    (greeting, transport, self.settings, self.host, self.desk) = (met.greeting, met.transport, settings, host, desk)
  }

  /// Ends it.
  func close() async { await transport.close() }

  /// Asks, and answers what the server wants to know before it goes on.
  ///
  /// - Throws: A ``MCPFailure``.
  func ask(_ question: MCPRequest) async throws(MCPFailure) -> JSONObject {
    let start = host.time.monotonic()
    var params = question.params
    if greeting.revision.isModern {
      var meta = host.meta
      for (name, value) in params["_meta"]?.object ?? JSONObject() { meta[name] = value }
      params["_meta"] = .object(meta)
    }
    for _ in 0...MCPLimits.roundsMax {
      let left = question.totalMax - (host.time.monotonic() - start)
      guard left > 0 else { throw Self.late(question) }
      var request = question
      (request.params, request.totalMax) = (params, left)
      switch MCPResult(try await transport.ask(request)) {
      case .complete(let members): return members
      case .inputRequired(let wanted, let state) where greeting.revision.isModern:
        params["inputResponses"] = try await responses(to: wanted, question, start)
        params["requestState"] = state
      case .inputRequired: throw .unusable("the server asks in a form that \(greeting.revision.rawValue) does not have")
      case .unknown(let type):
        throw .unusable("the server's result is of the type '\(MCPLimits.shown(type))', which was not asked for")
      }
    }
    throw .unusable("the server asked back \(MCPLimits.roundsMax) times and gave no result")
  }

  /// What the server wants to know; none when it only wants to be asked again, a little later.
  private func responses(
    to wanted: [MCPInputRequest], _ question: MCPRequest, _ start: Int
  ) async throws(MCPFailure) -> JSON? {
    guard !wanted.isEmpty else {
      do { try await host.time.sleep(MCPLimits.roundPauseMs) } catch { throw .cancelled }
      return nil
    }
    let left = question.totalMax - (host.time.monotonic() - start)
    let outcome = await host.time.limited(to: left) { [desk] () -> Result<JSON, MCPFailure> in
      var responses = JSONObject()
      for one in wanted {
        switch await desk.answer(one.method, one.params) {
        case .success(let answer): responses[one.name] = answer
        case .failure(let refusal):
          let reason =
            "the server asks for '\(MCPLimits.shown(one.method))', which it was not offered: \(refusal.message)"
          return .failure(.unusable(reason))
        }
      }
      return .success(.object(responses))
    }
    // Whoever is cancelled gets what the work came to, which is no answer then.
    guard !Task.isCancelled else { throw .cancelled }
    guard let outcome else { throw Self.late(question) }
    return try outcome.get()
  }

  private static func late(_ question: MCPRequest) -> MCPFailure {
    .late("\(question.method) took longer than its \(MCPLimits.words(question.totalMax))")
  }

  // MARK: Lists

  /// All elements of a list, page by page, and what is to be said of it; one limit of time and size holds for all of it.
  ///
  /// - Throws: A ``MCPFailure`` when its first page does not come. A server without the method has an empty list.
  func list(_ method: String, _ name: String) async throws(MCPFailure) -> (elements: [JSON], notices: [String]) {
    var (elements, cursor, seen): ([JSON], JSON?, Set<JSON>) = ([], nil, [])
    let (end, tooLong) = (
      host.time.monotonic() + MCPLimits.listMs, "its list of \(name) is longer than what is read of it"
    )
    var room = MCPLimits.listBytesMax
    for _ in 0..<MCPLimits.pagesMax {
      var question = MCPRequest(method)
      question.totalMax = end - host.time.monotonic()
      question.params["cursor"] = cursor
      let page: JSONObject
      do throws(MCPFailure) { page = try await ask(question) } catch {
        if case .refused(let refusal) = error, refusal.code == .methodNotFound { return (elements, []) }
        guard cursor != nil, error != .cancelled else { throw error }
        let isLate = if case .late = error { true } else { false }
        let reason = isLate ? "it took longer than its \(MCPLimits.words(MCPLimits.listMs))" : error.shown.message
        return (elements, ["its list of \(name) ends early: \(reason)"])
      }
      for element in page[name]?.array ?? [] {
        room -= element.text.utf8.count
        guard room >= 0 else { return (elements, [tooLong]) }
        elements.append(element)
      }
      // An empty text is a cursor like others.
      guard let next = page["nextCursor"], !next.isNull else { return (elements, []) }
      guard seen.insert(next).inserted else { return (elements, ["its list of \(name) comes back to where it was"]) }
      guard elements.count < MCPLimits.toolsMax else { break }
      cursor = next
    }
    return (elements, [tooLong])
  }

  /// Takes the server's word of changes, in the era that has them asked for, until the task is cancelled or it says no.
  func listen() async {
    let capabilities = greeting.capabilities
    let wanted = [
      ("toolsListChanged", capabilities.toolsChange), ("resourcesListChanged", capabilities.resourcesChange),
      ("promptsListChanged", capabilities.promptsChange),
    ].filter(\.1)
    guard greeting.revision.isModern, !wanted.isEmpty else { return }
    let question = MCPRequest(
      "subscriptions/listen", ["notifications": .object(JSONObject(wanted.map { ($0.0, true) }))],
      totalMax: MCPLimits.endlessMs, idleMax: MCPLimits.endlessMs)
    var pause = MCPLimits.restartPauseMs
    while true {
      do throws(MCPFailure) { _ = try await ask(question) } catch {
        switch error {
        case .gone, .late: break
        case .refused, .unauthorized, .unusable, .forgotten, .cancelled: return
        }
      }
      do { try await host.time.sleep(pause) } catch { return }
      pause = min(pause * 2, MCPLimits.restartPauseMaxMs)
    }
  }
}
