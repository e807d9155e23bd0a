/// Says that the person has seen what a project's file of settings would allow, run or widen, and trusts exactly that.
///
/// - Throws: ``RPCError/Code/invalidParams`` when the file says something else by now, ``RPCError/Code/requestFailed`` when it
///   was to be kept and cannot be.
package struct ConfigTrust: RequestMessage, Hashable {
  package static let method = "config/trust"
  package static let wantsAllRead = true
  /// The file, as `config/get` names it.
  package var path: String
  /// The content, as `config/get` tells it.
  package var hash: String
  /// The session whose project it is; absent for the process's folder, or `cwd`.
  package var sessionId: String?
  /// The folder whose project it is, absolute.
  package var cwd: String?
  /// Whether it is kept, in the person's folder of settings; else it holds as long as this process lives.
  package var keep: Bool?

  /// What came of it.
  package struct Response: Codable, Hashable, Sendable {
    /// Whether it is kept.
    package var kept: Bool

    /// What came of it.
    package init(kept: Bool) { self.kept = kept }
  }
}
