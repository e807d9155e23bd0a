import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport

/// Marks a request with everything that a signature would depend on.
struct MarkingSigner: RequestSigner {
  func signed(_ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, now: Int)
    -> HTTPRequest
  {
    var signed = request
    signed.headers.append(HTTPHeader("x-test-signature", "\(credentials.accessKeyID) \(region) \(service) \(now)"))
    return signed
  }
}

/// A source that is asked by a closure, and counts.
final class CountingSource: CredentialSource {
  private let asked = Mutex(0)
  private let answer: @Sendable (_ number: Int) async throws(CredentialsError) -> AWSCredentials?

  init(_ answer: @escaping @Sendable (_ number: Int) async throws(CredentialsError) -> AWSCredentials?) {
    self.answer = answer
  }

  /// How often it was asked.
  var count: Int { asked.withLock { $0 } }

  func credentials() async throws(CredentialsError) -> AWSCredentials? {
    let number = asked.withLock { asked in
      asked += 1
      return asked
    }
    return try await answer(number)
  }
}

extension AWSCredentials {
  static func numbered(_ number: Int, expiresAt: Int? = nil) -> AWSCredentials {
    AWSCredentials(
      accessKeyID: "AKID\(number)", secretAccessKey: Secret("canary-secret-\(number)"),
      sessionToken: Secret("canary-token-\(number)"), expiresAt: expiresAt, source: "test")
  }
}

extension FileSource {
  /// Real files.
  static let disk = FileSource(
    read: { path throws(FileFailure) in
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      do { return try Array(Data(contentsOf: URL(fileURLWithPath: path))) } catch {
        throw FileFailure("'\(path)' cannot be read")
      }
    }, replace: { _, _ throws(FileFailure) in throw FileFailure("nothing is written here") })
}

/// The error of something that is to fail.
func credentialsError(_ body: () async throws(CredentialsError) -> some Sendable) async -> CredentialsError? {
  do { _ = try await body() } catch { return error }
  return nil
}

/// Whether an error shows none of these texts.
func hides(_ error: CredentialsError?, _ texts: String...) -> Bool {
  let shown = "\(error?.message ?? "") \(error?.hint ?? "") \(error.map { String(reflecting: $0) } ?? "")"
  return texts.allSatisfy { !shown.contains($0) }
}
