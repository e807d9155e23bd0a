internal import Foundation
internal import Synchronization

/// An instance metadata service, version 2, that takes no reading without a token it gave.
package final class MetadataServer: Sendable {
  /// Takes requests.
  package let server: LoopbackServer
  private let state: State

  private final class State: Sendable {
    let tokens = Mutex<(given: Int, valid: Set<String>)>((0, []))
    let credentials = Mutex(0)
  }

  /// A service whose credentials end then; `instead` may answer in its place with a status and a body.
  package init(
    ends: String, tokenSeconds: Int = 21_600,
    instead: @escaping @Sendable (LoopbackRequest) -> (status: Int, body: String)? = { _ in nil }
  ) throws {
    let state = State()
    self.state = state
    server = try LoopbackServer { request, connection in
      if let (status, body) = instead(request) { return try connection.reply(status, body: Array(body.utf8)) }
      if request.method == "PUT" {
        let token = state.tokens.withLock { tokens in
          tokens.given += 1
          tokens.valid.insert("canary-imds-\(tokens.given)")
          return "canary-imds-\(tokens.given)"
        }
        return try connection.reply(
          200, [("x-aws-ec2-metadata-token-ttl-seconds", String(tokenSeconds))], body: Array(token.utf8))
      }
      let token = request["x-aws-ec2-metadata-token"] ?? ""
      guard state.tokens.withLock({ $0.valid.contains(token) }) else { return try connection.reply(401, body: []) }
      guard request.target.hasSuffix("/the-role") else {
        return try connection.reply(200, body: Array("the-role\nanother".utf8))
      }
      let number = state.credentials.withLock { number in
        number += 1
        return number
      }
      let body =
        #"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIA\#(number)","#
        + #""SecretAccessKey":"canary-secret-\#(number)","Token":"canary-token-\#(number)","Expiration":"\#(ends)"}"#
      try connection.reply(200, body: Array(body.utf8))
    }
  }

  /// Takes no token any more that it gave before.
  package func forgetTokens() { state.tokens.withLock { $0.valid = [] } }

  /// Method and path of what was asked, in order.
  package var log: [String] { server.requests.map { "\($0.method) \($0.target)" } }
}

extension LoopbackConnection {
  /// Lets time pass on the handler's own thread: what dribbles has to.
  package func pause(milliseconds: Int) throws { Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000) }
}
