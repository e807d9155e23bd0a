import OperatingSystem
import Protocol
import Providers
import Synchronization
import Testing

/// A case of the SDKs' credential chains: variables, files, recorded traffic and what is to come of them.
struct ChainCase: Sendable, CustomTestStringConvertible {
  /// What is to come of it.
  enum Expected: Sendable {
    /// Members as the case writes them: `access_key_id`, `expiry` in seconds.
    case credentials(JSON)
    case token(JSON)
    case error(String)
  }

  let suite: String
  let name: String
  let variables: [String: String]
  let files: [String: String]
  let traffic: [JSON]
  let expected: Expected

  var testDescription: String { "\(suite)/\(name)" }
  var environment: ProcessEnvironment { ProcessEnvironment(variables) }

  /// A moment before any token of the cases ends.
  static let now = 1_632_246_085_998

  static let all: [ChainCase] = (VectorFile.value("chain-cases.json")["cases"]?.array ?? []).compactMap(ChainCase.init)

  static func all(_ suite: String) -> [ChainCase] { all.filter { $0.suite == suite } }

  private init?(_ value: JSON) {
    guard let suite = value["suite"]?.string, let name = value["name"]?.string,
      let result = value["case"]?["result"]
    else { return nil }
    self.suite = suite
    self.name = name
    variables = value["env"]?.texts ?? [:]
    files = value["fs"]?.texts ?? [:]
    traffic = value["http"]?.array ?? []
    if let found = result["Ok"] {
      expected = found["token"] == nil ? .credentials(found) : .token(found)
    } else {
      expected = .error(result["ErrorContains"]?.string ?? "?")
    }
  }

  /// Checks what came of it; `nil` is that no place had credentials.
  func check(_ result: Result<AWSCredentials?, CredentialsError>) throws {
    switch expected {
    case .credentials(let expected):
      let found = try #require(try result.get())
      #expect(found.accessKeyID == expected["access_key_id"]?.string)
      #expect(found.secretAccessKey.reveal() == expected["secret_access_key"]?.string)
      #expect(found.sessionToken?.reveal() == expected["session_token"]?.string)
      if let account = expected["account_id"]?.string { #expect(found.accountID == account) }
      #expect(found.expiresAt.map { $0 / 1_000 } == expected["expiry"]?.int)
    case .token: Issue.record("the case is about a token")
    case .error(let expected):
      var message = "the credential provider was not enabled: No profiles were defined"
      do {
        let found = try result.get()
        #expect(found == nil)
      } catch {
        message = error.message
      }
      // The number of the system's error is Rust's way to say what the text before it says; and a code of STS is shown
      // as it comes over the network, without the word that Rust's types add.
      let text = (expected.split(separator: " (os error", maxSplits: 1).first.map(String.init) ?? expected)
        .replacing("Exception: ", with: ": ")
      #expect(message.contains(text), "\(message)")
    }
  }
}

/// A network of recorded traffic: each request must be the next of the recording, and gets its reply.
///
/// The recordings were cleaned, so that keys, tokens and roles in them are not those of the files: of what STS is asked
/// only the action is compared, and whether it is signed.
final class RecordedTraffic: HTTPTransport {
  private let rest: Mutex<ArraySlice<JSON>>

  init(_ traffic: [JSON]) { rest = Mutex(traffic[...]) }

  /// How many requests of the recording were not made.
  var left: Int { rest.withLock { $0.count } }

  /// The headers that are compared.
  private static let compared: Set = [
    "x-amz-sso_bearer_token", "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds", "content-type",
  ]

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    guard let exchange = rest.withLock({ $0.popFirst() }), let recorded = exchange["request"] else {
      Issue.record("there is no request \(request.url) in the recording")
      throw HTTPError(.other, "the recording has ended")
    }
    #expect(request.method == recorded["method"]?.string)
    #expect(Self.parts(request.url) == Self.parts(recorded["uri"]?.string ?? ""))
    for (name, values) in recorded["headers"]?.object ?? JSONObject() where Self.compared.contains(name.lowercased()) {
      let sent = request.headers.first { $0.name.lowercased() == name.lowercased() }
      #expect(sent.map(Self.text) == values.array?.first?.string, "\(name)")
    }
    if let form = exchange["request_body"]?.string, form.hasPrefix("Action=") {
      let action = form.prefix { $0 != "&" }
      #expect(String(decoding: request.body, as: UTF8.self).hasPrefix(action + "&"))
      let isSigned = { (text: String?) in text?.hasPrefix("AWS4-HMAC-SHA256 Credential=") == true }
      let own = request.headers.first { $0.name.lowercased() == "authorization" }.map(Self.text)
      #expect(isSigned(own) == isSigned(recorded["headers"]?["authorization"]?.array?.first?.string))
    }
    guard let reply = exchange["response"]?["Ok"] else { throw HTTPError(.connect, "the recorded connection failed") }
    let headers = (reply["headers"]?.object ?? JSONObject()).members.map { header in
      (name: header.key, value: header.value.array?.first?.string ?? "")
    }
    return HTTPResponse(
      status: reply["status"]?.int ?? 0, headers: HTTPHeaders(headers),
      body: WholeBody(Array((exchange["response_body"]?.string ?? "").utf8)))
  }

  /// A URL whose query may be in any order, and whose empty path is a slash.
  private static func parts(_ url: String) -> [String] {
    let parts = url.split(separator: "?", maxSplits: 1).map(String.init)
    let query = parts.count > 1 ? parts[1].split(separator: "&").map(String.init).sorted() : []
    let address = parts.first ?? ""
    return [address.hasSuffix("/") ? String(address.dropLast()) : address] + query
  }

  private static func text(_ header: HTTPHeader) -> String {
    switch header.value {
    case .plain(let text): text
    case .secret(let prefix, let secret): prefix + secret.reveal()
    }
  }
}

private final class WholeBody: HTTPBody {
  private let bytes: Mutex<[UInt8]>

  init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes) }

  func next() async throws(HTTPError) -> HTTPChunk? {
    let all = bytes.withLock { bytes in
      defer { bytes = [] }
      return bytes
    }
    return all.isEmpty ? nil : .bytes(all)
  }
}

/// A place that gives what it is told to, and notes that it was asked.
final class FixedSource: CredentialSource {
  private let answer: Result<AWSCredentials?, CredentialsError>
  private let count = Mutex(0)

  init(_ answer: Result<AWSCredentials?, CredentialsError> = .success(nil)) { self.answer = answer }

  var timesAsked: Int { count.withLock { $0 } }

  func credentials() async throws(CredentialsError) -> AWSCredentials? {
    count.withLock { $0 += 1 }
    return try answer.get()
  }
}

/// An STS that gives every role, and notes which.
final class FixedRoles: RoleAssumer {
  private let noted = Mutex<[(role: AssumedRole, from: String)]>([])

  /// The roles asked for, in order, with the key or token that asked.
  var asked: [(role: AssumedRole, from: String)] { noted.withLock { $0 } }

  func assumeRole(_ role: AssumedRole, with credentials: AWSCredentials) async throws(CredentialsError)
    -> AWSCredentials
  {
    given(role, from: credentials.accessKeyID)
  }

  func assumeRoleWithWebIdentity(_ role: AssumedRole, token: Secret) async throws(CredentialsError) -> AWSCredentials {
    given(role, from: token.reveal())
  }

  private func given(_ role: AssumedRole, from: String) -> AWSCredentials {
    noted.withLock { $0.append((role, from)) }
    return AWSCredentials(
      accessKeyID: "key of \(role.arn)", secretAccessKey: Secret("secret of \(role.arn)"),
      sessionToken: Secret("token"), source: "role")
  }
}

/// The parts that a profile's credentials are made of, with nothing behind them unless told.
struct ProfileParts {
  var profile: String?
  var variables = ["HOME": "/home"]
  var files = MemoryFiles()
  var transport: any HTTPTransport = ScriptedTransport()
  var now = ChainCase.now
  var processes = ProcessRunner { _ throws(ProcessFailure) in throw ProcessFailure("nothing is to be run here") }
  var roles = FixedRoles()
  var environment: any CredentialSource = FixedSource()
  var container: any CredentialSource = FixedSource()
  var instance: any CredentialSource = FixedSource()

  var time: TimeSource {
    let now = now
    return TimeSource(now: { now }, monotonic: { now }, sleep: { _ in }, random: { 0 })
  }

  var source: ProfileCredentials {
    ProfileCredentials(
      profile: profile, environment: ProcessEnvironment(variables), files: files.source, transport: transport,
      time: time, processes: processes, roles: roles,
      named: .init(environment: environment, container: container, instance: instance))
  }

  func credentials() async -> Result<AWSCredentials?, CredentialsError> { await outcome(of: source) }
}

/// What a source gives, as a value.
func outcome(of source: any CredentialSource) async -> Result<AWSCredentials?, CredentialsError> {
  do throws(CredentialsError) { return .success(try await source.credentials()) } catch { return .failure(error) }
}
