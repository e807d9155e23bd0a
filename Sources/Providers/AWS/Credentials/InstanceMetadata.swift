package import OperatingSystem
import Protocol
import Synchronization

/// The metadata service of an EC2 instance, version 2: every reading shows a token that was fetched before it.
///
/// Version 1, which answers anyone who can make the instance send a GET, is not spoken. Requests never go through a
/// proxy: the service is on the instance's own link. (Amazon EC2 User Guide, "Use the Instance Metadata Service".)
package final class InstanceMetadata: Sendable {
  /// Why nothing was read.
  enum Failure: Error {
    /// There is no such service here: nothing answers in time, or what answers is something else.
    case absent(String)
    /// The service knows no such path (404).
    case missing
    /// The service is there and does not do its work, or must not be asked.
    case failed(CredentialsError)
  }

  private struct Token {
    var word: Secret
    /// When it is replaced, in milliseconds of the monotonic clock.
    var renewal: Int
  }

  private let endpoint: MetadataEndpoint
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let token = Mutex<Token?>(nil)

  /// The service; nothing is asked yet.
  package init(_ endpoint: MetadataEndpoint, transport: any HTTPTransport, time: TimeSource) {
    self.endpoint = endpoint
    self.transport = transport
    self.time = time
  }

  /// Whether the environment forbids to ask it.
  var isDisabled: Bool { endpoint.isDisabled }

  /// When something that begins now must be over, in milliseconds of the monotonic clock.
  ///
  /// Who chose how long to wait has that for each call and try; what cannot be read is told when something is read.
  func deadline() -> Int {
    let limits = RemoteCredentialLimits.self
    let chosen = (try? (endpoint.callMax(), endpoint.tries())) ?? (nil, nil)
    guard chosen.0 != nil || chosen.1 != nil else { return time.monotonic() + limits.metadataTotalMax }
    return time.monotonic() + (chosen.0 ?? limits.metadataCallMax) * (chosen.1 ?? 1) * limits.metadataCallsEach
  }

  /// Reads what is at a path, by that deadline.
  ///
  /// A token that is refused (401) is replaced once.
  func read(_ path: String, by deadline: Int) async throws(Failure) -> [UInt8] {
    let kept = token.withLock { $0 }
    var word: Secret
    if let kept, kept.renewal > time.monotonic() { word = kept.word } else { word = try await fetchToken(deadline) }
    var reply = try await get(path, word, deadline)
    if reply.status == 401 {
      word = try await fetchToken(deadline)
      reply = try await get(path, word, deadline)
    }
    switch reply.status {
    case 200: return reply.body
    case 404: throw .missing
    case 401, 403: throw .failed(refused(reply.status, "a reading", "its token does not count"))
    default: throw .failed(CredentialsError(.unavailable, answered(reply.status, "a reading")))
    }
  }

  private func fetchToken(_ deadline: Int) async throws(Failure) -> Secret {
    token.withLock { $0 = nil }
    let seconds = "x-aws-ec2-metadata-token-ttl-seconds"
    let asked = HTTPHeader(seconds, String(RemoteCredentialLimits.metadataTokenSeconds))
    // What is not there answers no token; after one came, silence is a failure.
    let reply = try await send("PUT", "/latest/api/token", asked, deadline) { .absent($0) }
    switch reply.status {
    case 200: break
    case 403: throw .failed(refused(403, "the request for a token", "IMDS is disabled"))
    case 400, 429, 500...:
      throw .failed(CredentialsError(.unavailable, answered(reply.status, "the request for a token")))
    // A captive portal redirects; other clouds have a metadata service of their own at this address.
    default: throw .absent(answered(reply.status, "the request for a token"))
    }
    guard (1...RemoteCredentialLimits.metadataWordMax).contains(reply.body.count),
      reply.body.allSatisfy(Byte.isGraphic)
    else { throw .absent("what answers for the instance metadata service gives no token") }
    let word = Secret(String(decoding: reply.body, as: UTF8.self))
    let life =
      (reply.headers[seconds].flatMap { Int($0) } ?? RemoteCredentialLimits.metadataTokenSeconds)
      .clamped(to: 0...RemoteCredentialLimits.metadataTokenSeconds) * 1_000
    let renewal = time.monotonic() + max(life - RemoteCredentialLimits.metadataTokenEarly, life / 2)
    token.withLock { $0 = Token(word: word, renewal: renewal) }
    return word
  }

  private func get(_ path: String, _ word: Secret, _ deadline: Int) async throws(Failure) -> WholeReply {
    try await send("GET", path, HTTPHeader("x-aws-ec2-metadata-token", secret: word), deadline) {
      .failed(CredentialsError(.unavailable, "the instance metadata service gave a token and then failed: \($0)"))
    }
  }

  /// Asks until there is an answer that another try would not change, within the deadline.
  private func send(
    _ method: String, _ path: String, _ header: HTTPHeader, _ deadline: Int, silence: (String) -> Failure
  ) async throws(Failure) -> WholeReply {
    var request = HTTPRequest(method: method, url: try url() + path, headers: [header])
    request.usesProxy = false
    request.timeouts.idleNotice = 0
    let (callMax, triesOfSilence) = try patience()
    let triesMax = max(triesOfSilence, RemoteCredentialLimits.metadataTriesMax)
    var delay = RemoteCredentialLimits.metadataRetryDelayFirst
    var tries = 1
    while true {
      let left = min(deadline - time.monotonic(), callMax)
      guard left > 0 else { throw silence("there was no time left") }
      request.timeouts.connectMax = left
      request.timeouts.totalMax = left
      let reply: WholeReply
      do throws(HTTPError) {
        reply = try await transport.wholeReply(to: request, bytesMax: RemoteCredentialLimits.replyMax)
      } catch {
        switch error.kind {
        case .cancelled: throw .failed(.cancelled)
        case .libraryMissing, .badRequest: throw .failed(CredentialsError(.unavailable, error.message))
        default:
          guard tries < triesOfSilence else { throw silence(error.message) }
          tries += 1
          continue
        }
      }
      guard reply.mayPass, tries < triesMax, time.monotonic() + delay < deadline else {
        return reply
      }
      do { try await time.sleep(delay) } catch { throw .failed(.cancelled) }
      delay *= 2
      tries += 1
    }
  }

  /// Milliseconds for one call, and the tries of one that nothing answers.
  private func patience() throws(Failure) -> (callMax: Int, tries: Int) {
    do throws(CredentialsError) {
      return (try endpoint.callMax() ?? RemoteCredentialLimits.metadataCallMax, try endpoint.tries() ?? 1)
    } catch {
      throw .failed(error)
    }
  }

  private func url() throws(Failure) -> String {
    do { return try endpoint.url() } catch { throw .failed(error) }
  }

  private func refused(_ status: Int, _ what: String, _ reason: String) -> CredentialsError {
    CredentialsError(
      .denied, answered(status, what) + ", request forbidden: \(reason)",
      hint: "enable it for the instance, with a hop limit of 2 for containers, or set AWS_EC2_METADATA_DISABLED=true")
  }

  private func answered(_ status: Int, _ what: String) -> String {
    "the instance metadata service answered \(status) to \(what)"
  }
}

extension Int {
  /// The nearest number of a range.
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
