internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// What is told a person when a server wants to know who asks: who would give a token, and where it is set.
///
/// Nobody is signed in here: that takes a browser. The documents that say who gives tokens are read for the message only,
/// without a word of who asks (RFC 9728, RFC 8414, OpenID Connect Discovery).
final class MCPSignIn: Sendable {
  /// The addresses that a name stands for; it may block.
  typealias LookUp = @Sendable (String) -> [HostAddress]

  private let server: String
  private let lookUp: LookUp
  private let time: TimeSource
  private let thread = BlockingThread(name: "mcp-look-up", stack: MCPLimits.threadStack)
  /// Who gives tokens, once it was looked up.
  private let known = Mutex<String?>(nil)

  /// For the server of that name in the settings.
  init(_ server: String, time: TimeSource, lookUp: @escaping LookUp) {
    self.server = server
    self.time = time
    self.lookUp = lookUp
  }

  /// The failure that an answer 401 or 403 is.
  func failure(_ response: HTTPResponse, at line: MCPLine) async -> MCPFailure {
    let challenge = MCPChallenge(response.headers)
    let who = "'\(server)' (\(MCPLine.shown(line.address)))"
    let reason = challenge.reason.map { ": \(Self.shown($0, line))" } ?? ""
    if challenge.error == "insufficient_scope" || response.status == 403 {
      let words = (try? await MCPRefusal(response, line.mask))?.text ?? ""
      let why = reason.isEmpty && !words.isEmpty ? ": \(words)" : reason
      let scope = challenge.scope.map { "; it wants the scopes '\(Self.shown($0, line))'" } ?? ""
      return .unauthorized(
        "\(who) does not let whoever is named in its 'headers' do this (\(response.status))\(why)\(scope)")
    }
    let issuer = await issuer(challenge, line)
    let scope = challenge.scope.map { " with the scopes '\(Self.shown($0, line))'" } ?? ""
    let wants = line.saysWho ? "refuses what its 'headers' say of who asks" : "wants to know who asks"
    return .unauthorized(
      "\(who) \(wants) (401)\(reason). \(issuer)To sign in takes a browser, which is not done here: get a token\(scope) by "
        + "other means, and set 'headers' of the server to {\"Authorization\": \"Bearer …\"}")
  }

  /// A sentence on who gives tokens; empty when nobody says.
  private func issuer(_ challenge: MCPChallenge, _ line: MCPLine) async -> String {
    if let known = known.withLock({ $0 }) { return known }
    let text = await lookUpIssuer(challenge, line)
    known.withLock { $0 = text }
    return text
  }

  private func lookUpIssuer(_ challenge: MCPChallenge, _ line: MCPLine) async -> String {
    let server = line.address
    let deadline = time.monotonic() + MCPHTTPLimits.documentsMax
    var names: [String] = []
    if let named = challenge.document { names.append(named) }
    let root = "\(server.scheme)://\(server.place)"
    let path = server.path.prefix { $0 != "?" }
    if path != "/" { names.append("\(root)/.well-known/oauth-protected-resource\(path)") }
    names.append("\(root)/.well-known/oauth-protected-resource")
    let resource = await first(of: names, line, deadline)
    // Before 2025-06-18 the server itself was who gives them.
    let issuer = resource?["authorization_servers"]?.array?.first?.string ?? root
    guard let details = await metadata(of: issuer, line, deadline) else {
      return resource == nil ? "" : "Tokens for it are given by \(Self.shown(issuer, line)). "
    }
    var ways: [String] = []
    if details["client_id_metadata_document_supported"] == true { ways.append("by a document of their own") }
    if details["registration_endpoint"]?.string != nil { ways.append("by themselves") }
    ways.append("beforehand")
    return "Tokens for it are given by \(Self.shown(issuer, line)), where clients are registered "
      + "\(ways.joined(separator: " or ")). "
  }

  /// What an issuer says of itself, if it is who it says.
  private func metadata(of issuer: String, _ line: MCPLine, _ deadline: Int) async -> JSON? {
    guard let place = try? WebAddress(issuer) else { return nil }
    let root = "\(place.scheme)://\(place.place)"
    let path = place.path.prefix { $0 != "?" }
    let kinds = ["oauth-authorization-server", "openid-configuration"]
    let bare = path.hasSuffix("/") ? path.dropLast() : path
    var names = kinds.map { "\(root)/.well-known/\($0)\(bare)" }
    if !bare.isEmpty { names.append("\(root)\(bare)/.well-known/openid-configuration") }
    let found = await first(of: names, line, deadline)
    let said = found?["issuer"]?.string
    return said == issuer || said == issuer + "/" || said.map({ $0 + "/" }) == issuer ? found : nil
  }

  private func first(of names: [String], _ line: MCPLine, _ deadline: Int) async -> JSON? {
    for name in names {
      guard let place = try? WebAddress(name), let addresses = await allowed(place, line.address) else { continue }
      let left = min(deadline - time.monotonic(), MCPHTTPLimits.documentMax)
      guard left > 0, !Task.isCancelled else { return nil }
      let found = await line.document(at: place, addresses: addresses, within: left)
      if let found, found.object != nil { return found }
    }
    return nil
  }

  /// The addresses by which a document's host may be asked, empty for those that it is found by; `nil` when it may not.
  ///
  /// A server on the public network must not have us ask hosts that only we can reach, nor read what comes unprotected.
  private func allowed(_ place: WebAddress, _ server: WebAddress) async -> [String]? {
    if MCPLine.isSameOrigin(place, server) { return [] }
    guard let there = await addresses(of: place.name), let here = await addresses(of: server.name) else { return nil }
    let isPrivate = { (addresses: [HostAddress]) in addresses.contains { !$0.isPublic } }
    let isLocal = !there.isEmpty && there.allSatisfy(\.isLocal)
    guard place.scheme == "https" || isLocal, !isPrivate(there) || isPrivate(here) else { return nil }
    return there.map { $0.bytes.count == 16 ? "[\($0.text)]" : $0.text }
  }

  private func addresses(of name: String) async -> [HostAddress]? {
    let lookUp = lookUp
    let work: @Sendable (Cancellation) throws(MCPFailure) -> [HostAddress] = { _ in lookUp(name) }
    return try? await thread.run(orThrow: MCPFailure.cancelled, work)
  }

  /// A server's words, which may be anything.
  private static func shown(_ text: String, _ line: MCPLine) -> String {
    VisibleText.line(line.mask.masked(text), most: MCPHTTPLimits.refusalShownMax)
  }
}
