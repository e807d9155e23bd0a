/// Gives the rules of a session, or of all sessions, after setting them if some are given.
///
/// Rules look like `read_file`, `edit_file(src/**)` or `execute_command(git status:*)`. Deny goes before ask, ask before allow, and
/// all of them before the mode.
///
/// - Throws: ``RPCError/Code/invalidParams`` for a rule that makes no sense, and for a member that nobody reads.
package struct PermissionRules: RequestMessage, Hashable {
  package static let method = "permission/rules"
  package static let wantsAllRead = true
  /// The session; absent for the rules that hold in all of them.
  package var sessionId: String?
  /// The rules to have from now on; absent to leave them.
  package var rules: Rules?

  /// Rules by what they do.
  package struct Rules: Codable, Hashable, Sendable {
    /// What happens unasked.
    package var allow: [String]?
    /// What is asked about, whatever else would allow it.
    package var ask: [String]?
    /// What does not happen.
    package var deny: [String]?

    /// These rules.
    package init(allow: [String]?, ask: [String]?, deny: [String]?) {
      self.allow = allow
      self.ask = ask
      self.deny = deny
    }
  }

  /// The rules that there are.
  package struct Response: Codable, Hashable, Sendable {
    package var rules: Rules
    /// What a person should know of rules that were set: tools that there are not now; absent when there is nothing.
    package var notices: [String]?

    /// An answer.
    package init(rules: Rules, notices: [String]? = nil) {
      self.rules = rules
      self.notices = notices
    }
  }
}
