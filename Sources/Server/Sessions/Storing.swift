package import Protocol

/// Whether sessions are kept in files, and where, as the process was started and its client wants it.
package struct Storing: Sendable {
  /// Whether nothing may be kept, whoever wants it.
  private let isForbidden: Bool
  private let home: String?
  private let folder: String?
  private let holder: SessionHolder
  /// How long sessions are kept, and how many bytes of them, where a client does not say.
  private let rules: StoreRules

  /// Sessions of a process: `home` stands for `~`, relative paths begin in `folder`.
  package init(isForbidden: Bool, home: String?, folder: String?, holder: SessionHolder, rules: StoreRules) {
    self.isForbidden = isForbidden
    self.home = home
    self.folder = folder
    self.holder = holder
    self.rules = rules
  }

  /// Keeps sessions in a folder that begin from now on; `nil` for the one that there is, if there is one.
  ///
  /// A folder that cannot be used now is tried again with each session that is written.
  ///
  /// - Returns: Why they are not kept, for a person; `nil` when they are.
  package func use(_ path: String?, _ wanted: StoreRules = StoreRules(), for sessions: Sessions) -> String? {
    var rules = rules
    (rules.keepMs, rules.bytesMax) = (wanted.keepMs ?? rules.keepMs, wanted.bytesMax ?? rules.bytesMax)
    guard let path else {
      if let store = sessions.store, wanted != StoreRules() { sessions.use(store, rules) }
      return nil
    }
    guard !isForbidden else { return "sessions are not kept in '\(path)', as \(Self.forbidding) forbids it" }
    guard let absolute = absolute(path) else { return "sessions cannot be kept in '\(path)': it is no path" }
    let store = SessionStore(absolute, holder: holder)
    let problem = store.prepare()
    sessions.use(store, rules)
    return problem
  }

  /// The variable that forbids all files.
  package static let forbidding = SettingsPlaces.forbidding

  private func absolute(_ path: String) -> String? {
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    if path.hasPrefix("/") { return path }
    if path == "~" || path.hasPrefix("~/") { return home.map { $0 + path.dropFirst() } }
    return folder.map { "\($0)/\(path)" }
  }
}
