/// Lists the skills and commands that a session's model is told of, or its person can call.
package struct SkillsList: RequestMessage, Hashable {
  package static let method = "skills/list"
  package var sessionId: String

  /// What was found.
  package struct Response: Codable, Hashable, Sendable {
    /// All of them, by name.
    package var skills: [SkillInfo]
    /// Files that are not used, and why.
    package var notices: [String]?

    /// These.
    package init(skills: [SkillInfo], notices: [String]?) {
      self.skills = skills
      self.notices = notices
    }
  }
}
