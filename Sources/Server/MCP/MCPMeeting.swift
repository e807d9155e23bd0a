internal import OperatingSystem
internal import Protocol

/// Meets a server: opens a way to it, and finds out which era it speaks.
///
/// Over pipes the handshake goes first, unless the settings say otherwise: each server but those of the new era alone
/// answers it, none ends by it, and no time is lost. Over HTTP the new era goes first, as a refusal is cheap there.
struct MCPMeeting {
  let settings: MCPServerSettings
  let host: MCPHost
  let inbox: any MCPInbox
  let open: MCPServer.Open
  /// When it must be over, on the monotonic clock.
  let deadline: Int

  /// A server that was met.
  struct Met: Sendable {
    var transport: any MCPTransport
    var greeting: MCPGreeting
  }

  /// Meets it; what was opened in vain is closed.
  ///
  /// - Throws: A ``MCPFailure``.
  func meet() async throws(MCPFailure) -> Met {
    switch (settings.way, settings.era) {
    case (.events, _), (_, .legacy):
      return try await opened { transport throws(MCPFailure) in try await shakeHands(transport) }
    case (.command, .automatic):
      return try await opened { transport throws(MCPFailure) in try await shakeHands(transport, orDiscover: true) }
    case (.command, .modern):
      do throws(MCPFailure) {
        return try await opened { transport throws(MCPFailure) in try await discover(transport, in: probeMs) }
      } catch {
        guard fallsBack(error), !Task.isCancelled else { throw error }
        // What was asked in the new era may have the process locked to it, or gone.
        return try await opened { transport throws(MCPFailure) in try await shakeHands(transport, orDiscover: true) }
      }
    case (.http, _):
      return try await opened { transport throws(MCPFailure) in
        do throws(MCPFailure) { return try await discover(transport, in: probeMs) } catch {
          guard fallsBack(error) else { throw error }
          return try await shakeHands(transport)
        }
      }
    }
  }

  private func opened(
    _ greet: (any MCPTransport) async throws(MCPFailure) -> MCPGreeting
  ) async throws(MCPFailure) -> Met {
    let transport = try await open(inbox)
    do throws(MCPFailure) {
      let greeting = try await greet(transport)
      transport.agree(on: greeting.revision)
      if !greeting.revision.isModern { try await transport.tell("notifications/initialized", JSONObject()) }
      return Met(transport: transport, greeting: greeting)
    } catch {
      await transport.close()
      throw error
    }
  }

  private var timeLeft: Int { max(0, deadline - host.time.monotonic()) }

  /// How long a server may leave the first question of the new era without an answer: some do.
  private var probeMs: Int { timeLeft / 3 }
}

// MARK: - The handshake

extension MCPMeeting {
  private func shakeHands(
    _ transport: any MCPTransport, orDiscover: Bool = false
  ) async throws(MCPFailure) -> MCPGreeting {
    do throws(MCPFailure) {
      return try await initialize(transport, .handshake)
    } catch .refused(let refusal) {
      let theirs = MCPRevision.named(in: refusal)
      let pointsOn = [MCPMeeting.unsupported, .methodNotFound].contains(refusal.code)
      if orDiscover, theirs.contains(.modern) || theirs.isEmpty && pointsOn {
        return try await discover(transport, in: timeLeft)
      }
      if let known = MCPRevision.legacy.last(where: theirs.contains), known != .handshake {
        return try await initialize(transport, known)
      }
      guard theirs.isEmpty else { throw Self.strangers(theirs) }
      throw .refused(refusal)
    }
  }

  private func initialize(
    _ transport: any MCPTransport, _ revision: MCPRevision
  ) async throws(MCPFailure) -> MCPGreeting {
    let params: JSONObject = [
      "protocolVersion": .string(revision.rawValue), "capabilities": .object(host.capabilities),
      "clientInfo": .object(host.info),
    ]
    let result = try await ask(transport, "initialize", params, in: timeLeft)
    let theirs = result["protocolVersion"]?.string.map(MCPRevision.init(rawValue:)) ?? .first
    guard MCPRevision.legacy.contains(theirs) else { throw Self.strangers([theirs]) }
    return MCPGreeting(result, revision: theirs)
  }
}

// MARK: - The new era

extension MCPMeeting {
  /// A revision that a server does not speak, as it says itself.
  private static let unsupported = RPCError.Code(rawValue: -32022)

  private func discover(_ transport: any MCPTransport, in limit: Int) async throws(MCPFailure) -> MCPGreeting {
    let result = try await ask(transport, "server/discover", ["_meta": .object(host.meta)], in: limit)
    let theirs = (result["supportedVersions"]?.array ?? []).compactMap(\.string).map(MCPRevision.init(rawValue:))
    guard theirs.isEmpty || theirs.contains(.modern) else {
      let names: JSON = .array(theirs.map { .string($0.rawValue) })
      throw .refused(RPCError(Self.unsupported, "unsupported revision", data: ["supported": names]))
    }
    return MCPGreeting(result, revision: .modern)
  }

  /// Whether a server that failed at the new era may speak the old one.
  private func fallsBack(_ failure: MCPFailure) -> Bool {
    switch failure {
    case .refused(let refusal):
      // One that names what it speaks is believed.
      let theirs = MCPRevision.named(in: refusal)
      return refusal.code != Self.unsupported || theirs.isEmpty || theirs.contains { MCPRevision.legacy.contains($0) }
    case .gone, .late, .unusable, .forgotten: return true
    case .unauthorized, .cancelled: return false
    }
  }

  private func ask(
    _ transport: any MCPTransport, _ method: String, _ params: JSONObject, in limit: Int
  ) async throws(MCPFailure) -> JSONObject {
    guard timeLeft > 0 else { throw .late("the server has not said hello in time") }
    let request = MCPRequest(method, params, totalMax: limit, idleMax: limit)
    let result = try await transport.ask(request)
    guard let members = result.object else {
      throw .unusable("the server answered \(method) with \(result.kindName)")
    }
    return members
  }

  private static func strangers(_ theirs: [MCPRevision]) -> MCPFailure {
    let names = theirs.prefix(MCPClientLimits.namedMax).map { MCPLimits.shown($0.rawValue) }
    let ours = "\(MCPRevision.first.rawValue) to \(MCPRevision.modern.rawValue)"
    return .unusable("the server speaks MCP \(names.joined(separator: ", ")); what is spoken here is \(ours)")
  }
}

// MARK: - Who we are

extension MCPHost {
  /// What we are called, as servers are told.
  var info: JSONObject { ["name": .string(name), "version": .string(version)] }

  /// What servers may ask of us.
  var capabilities: JSONObject {
    var capabilities: JSONObject = ["roots": [:]]
    if ask != nil { capabilities["elicitation"] = ["form": [:], "url": [:]] }
    return capabilities
  }

  /// What stands with each request of the new era.
  var meta: JSONObject {
    [
      MCPMeta.protocolVersion: .string(MCPRevision.modern.rawValue), MCPMeta.clientInfo: .object(info),
      MCPMeta.clientCapabilities: .object(capabilities),
    ]
  }
}
