package import OperatingSystem
import Protocol
import Synchronization

/// Credentials of the role that an EC2 instance runs with.
///
/// The last in the chain, since asking where there is no such service costs time: everything together is bounded by
/// `RemoteCredentialLimits.metadataTotalMax`. Credentials once given are kept through an outage of the service: past
/// their end they are handed out with a later one, as AWS goes on accepting them then ("static stability", AWS SDKs and
/// Tools Reference Guide).
package final class InstanceMetadataCredentials: CredentialSource {
  private let metadata: InstanceMetadata
  private let time: TimeSource
  private let last = Mutex<AWSCredentials?>(nil)

  /// The source; nothing is asked yet.
  package init(_ metadata: InstanceMetadata, time: TimeSource) {
    self.metadata = metadata
    self.time = time
  }

  /// The role's credentials; `nil` where there is no metadata service, the instance has no role, or the environment
  /// forbids to ask.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    guard !metadata.isDisabled else { return nil }
    let failure: CredentialsError?
    do throws(InstanceMetadata.Failure) {
      let fresh = try await ask()
      last.withLock { $0 = fresh }
      return extended(fresh)
    } catch {
      switch error {
      case .absent, .missing: failure = nil
      case .failed(let reason): failure = reason
      }
    }
    guard failure?.kind != .cancelled else { throw .cancelled }
    // Whatever goes wrong with getting new ones must not take away what there is.
    if let kept = last.withLock({ $0 }) { return extended(kept) }
    if let failure { throw failure }
    return nil
  }

  /// The region of the instance; `nil` where nothing says one.
  func region() async -> Region? {
    guard !metadata.isDisabled,
      let name = try? await metadata.read("/latest/meta-data/placement/region", by: metadata.deadline())
    else { return nil }
    return try? Region(String(decoding: name, as: UTF8.self), source: .instance)
  }

  private func ask() async throws(InstanceMetadata.Failure) -> AWSCredentials {
    let folder = "/latest/meta-data/iam/security-credentials/"
    let deadline = metadata.deadline()
    let roles = try await metadata.read(folder, by: deadline)
    let role = roles.prefix { $0 != 0x0A && $0 != 0x0D }
    guard !role.isEmpty else { throw .missing }
    guard role.count <= RemoteCredentialLimits.metadataWordMax,
      role.allSatisfy(InstanceMetadataCredentials.isOfRoleName)
    else {
      throw .failed(CredentialsError(.unavailable, "the instance metadata service names a role that cannot be one"))
    }
    let name = String(decoding: role, as: UTF8.self)
    let body = try await metadata.read(folder + name, by: deadline)
    do { return try InstanceMetadataCredentials.credentials(in: body, role: name) } catch { throw .failed(error) }
  }

  /// The characters of role names (IAM API Reference, `CreateRole`), all of which a path may have as they are.
  private static func isOfRoleName(_ byte: UInt8) -> Bool {
    Byte.isName(byte) || "+=,.@".utf8.contains(byte)
  }

  private static func credentials(in body: [UInt8], role: String) throws(CredentialsError) -> AWSCredentials {
    let who = "the instance metadata service"
    let reply = try CredentialDocument(body, origin: "the reply of \(who)")
    if let code = reply.text("Code"), code != "Success" {
      let said = reply.text("Message").map { ": \($0.prefix(RemoteCredentialLimits.messageMax))" } ?? ""
      let isRefused = code == "AssumeRoleUnauthorizedAccess"
      throw CredentialsError(
        isRefused ? .denied : .unavailable,
        "\(who) gives no credentials of the role '\(role)': \(code.prefix(100))\(said)",
        hint: isRefused ? "the role's trust policy must name ec2.amazonaws.com" : nil)
    }
    return try reply.roleCredentials(isTemporary: true, source: "instance metadata (\(role))")
  }

  /// Credentials with a later end when theirs is near or past: 15 minutes and 2 to 10 more from now.
  private func extended(_ credentials: AWSCredentials) -> AWSCredentials {
    guard let end = credentials.expiresAt, end - time.now() <= RemoteCredentialLimits.advisoryWindow else {
      return credentials
    }
    let jitter = RemoteCredentialLimits.stabilityJitter
    let chance = Int(Double(jitter.upperBound - jitter.lowerBound) * time.random())
    var extended = credentials
    extended.expiresAt = time.now() + RemoteCredentialLimits.stabilityExtension + jitter.lowerBound + chance
    return extended
  }
}
