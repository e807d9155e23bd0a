package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// Reads settings where sessions work, and keeps what a person has said of them.
///
/// Files are looked at when somebody wants to know, and read again when they have changed.
package final class SettingsDesk: Sendable {
  private struct State {
    /// Texts by path, with the bytes that they were read from.
    var texts: [String: (bytes: [UInt8], text: SettingsText)] = [:]
    /// What holds in a folder, as it was looked at last.
    var known: [String: SettingsInForce] = [:]
    /// What the person's own file says, wherever one works.
    var own: SettingsInForce?
    /// What a project's file said that the person has trusted, for as long as this process lives.
    var trusted: Set<KeptAnswers.Trusted> = []
    /// What they never want to trust, likewise.
    var refused: Set<String> = []
    var client = Settings()
  }

  private let places: SettingsPlaces
  private let files: SettingsFiles
  private let keeper: AnswerKeeper
  /// What options and variables say, the first first.
  private let given: [SettingsLayer]
  private let state = Mutex(State())

  /// A desk for files at those places; `isForbidden` where nothing may be written.
  package init(
    _ places: SettingsPlaces, files: FileSource, links: LinkResolver, time: TimeSource, given: [SettingsLayer],
    isForbidden: Bool
  ) {
    self.places = places
    self.files = SettingsFiles(files, links: links)
    self.given = given
    keeper = AnswerKeeper(places, files: files, links: links, time: time, isForbidden: isForbidden)
  }

  /// What the client has said for all sessions.
  package var client: Settings {
    get { state.withLock { $0.client } }
    set { state.withLock { $0.client = newValue } }
  }

  /// What options, variables and the client say, the first first.
  package var said: [SettingsLayer] { [SettingsLayer(.client, client)] + given }

  /// What holds in a folder as far as it is known, at least by the person's own file; no file is looked at.
  package func known(in folder: String) -> SettingsInForce? { state.withLock { $0.known[folder] ?? $0.own } }

  /// The person's own folder of settings; `nil` where they have no home.
  package var folder: String? { places.folder }

  /// Whether the person's own file names what all their runs may cost in a day.
  package var boundsDays: Bool { state.withLock { $0.own?.perDay != nil } }

  /// Looks at the files and finds out what holds in a folder; `trusted` says what a session's person has said of a content.
  package func look(in folder: String, trusted: (_ hash: String) -> Bool = { _ in false }) -> SettingsInForce {
    guard let workspace = FolderPath(folder) else { return SettingsInForce() }
    var found = SettingsInForce()
    var isOfOneSession = false
    let top = files.top(of: workspace)
    let kept = kept(&found)
    let own = places.own.flatMap { text(at: $0, .userFile, within: nil, &found) }
    addProject(workspace, upTo: top, ownMode: own?.settings.mode ?? .ask, &found) { path, hash in
      let one = KeptAnswers.Trusted(path: path, hash: hash)
      if kept.trusted.contains(one) || state.withLock({ $0.trusted.contains(one) }) { return true }
      isOfOneSession = trusted(hash)
      return isOfOneSession
    }
    if let own, let path = places.own { found.layers.append(SettingsLayer(.userFile, path: path, own.settings)) }
    note(own: found.layers.filter { $0.source == .userFile })
    addClaude(workspace, upTo: top, &found)
    var settings = Settings()
    settings.rules = kept.rules(of: workspace.description)
    if settings.rules != .none { found.layers.append(SettingsLayer(.kept, path: places.state, settings)) }
    found.rules = found.layers.reduce(.none) { $0.joined(with: $1.settings.rules) }
    for server in kept.servers { found.servers[server.fingerprint] = server.mayStart }
    guard !isOfOneSession else { return found }
    state.withLock { state in
      if state.known.count >= SettingsLimits.keptMax { state.known = [:] }
      state.known[folder] = found
    }
    return found
  }

  private func note(own layers: [SettingsLayer]) {
    var own = SettingsInForce()
    own.layers = layers
    own.rules = layers.first?.settings.rules ?? .none
    state.withLock { $0.own = own }
  }

  // MARK: Files

  private func text(
    at path: String, _ source: ConfigGet.Source, within border: FolderPath?, _ found: inout SettingsInForce
  ) -> SettingsText? {
    guard let bytes = bytes(at: path, source, within: border, &found) else { return nil }
    let known = state.withLock { $0.texts[path] }
    let text = known?.bytes == bytes ? known?.text : nil
    let read = text ?? SettingsText(bytes, of: path)
    if text == nil { state.withLock { $0.texts[path] = (bytes, read) } }
    found.notices += read.notices
    return read
  }

  private func bytes(
    at path: String, _ source: ConfigGet.Source, within border: FolderPath?, _ found: inout SettingsInForce
  ) -> [UInt8]? {
    switch files.read(path, within: border) {
    case .absent:
      found.files.append(ConfigGet.File(path: path, source: source, isUsed: false, problem: nil))
      return nil
    case .bytes(let bytes):
      found.files.append(ConfigGet.File(path: path, source: source, isUsed: true, problem: nil))
      return bytes
    case .refused(let why):
      found.files.append(ConfigGet.File(path: path, source: source, isUsed: false, problem: why))
      found.notices.append("\(path) is not used: \(why)")
      return nil
    }
  }

  private func kept(_ found: inout SettingsInForce) -> KeptAnswers {
    guard let path = places.state else { return KeptAnswers() }
    switch keeper.read() {
    case .kept(let kept): return kept
    case .absent: return KeptAnswers()
    case .refused(let why):
      found.notices.append("\(path) is not used: \(why)")
      return KeptAnswers()
    }
  }

  private func addProject(
    _ workspace: FolderPath, upTo top: FolderPath, ownMode: PermissionMode, _ found: inout SettingsInForce,
    isTrusted: (_ path: String, _ hash: String) -> Bool
  ) {
    let root = files.nearest(SettingsPlaces.project, of: workspace, upTo: top) ?? workspace
    let path = root.appending(SettingsPlaces.project).description
    guard path != places.own, let text = text(at: path, .projectFile, within: top, &found) else { return }
    let (free, widening, personal) = text.split(mode: ownMode)
    for name in personal { found.notices.append("\(path): \(name) says nothing there: it is the person's own to say") }
    var settings = free
    if let widening {
      let hash = Self.hash(of: widening, at: path)
      if isTrusted(path, hash) {
        settings = text.withoutPersonal
      } else {
        found.pending.append(ConfigGet.Pending(path: path, hash: hash, widens: widening))
      }
    }
    settings.rules = settings.rules.placed(in: root, of: workspace)
    found.layers.append(SettingsLayer(.projectFile, path: path, settings))
  }

  private func addClaude(_ workspace: FolderPath, upTo top: FolderPath, _ found: inout SettingsInForce) {
    var wanted: [(path: String, rule: ClaudeRule, border: FolderPath?)] = []
    for name in SettingsPlaces.claudeOfProject {
      let root = files.nearest(name, of: workspace, upTo: top) ?? workspace
      let rule = ClaudeRule(base: root, roots: [root], workspace: workspace)
      wanted.append((root.appending(name).description, rule, top))
    }
    if let path = places.claude, let folder = FolderPath(path)?.parent {
      let rule = ClaudeRule(base: workspace, roots: [top, folder], workspace: workspace)
      // Started at home, the project's is the person's own.
      if wanted.contains(where: { $0.path == path }) {
        wanted.removeAll { $0.path == path }
      }
      wanted.append((path, rule, nil))
    }
    for (path, rule, border) in wanted {
      guard let bytes = bytes(at: path, .claudeFile, within: border, &found) else { continue }
      let claude = ClaudeSettings(bytes, of: path, by: rule)
      found.notices += claude.notices
      var settings = Settings()
      settings.rules = claude.rules
      if claude.rules != .none { found.layers.append(SettingsLayer(.claudeFile, path: path, settings)) }
    }
  }

  /// What tells one content of a file from any other that the person did not see.
  private static func hash(of widening: JSON, at path: String) -> String {
    SHA256.hexadecimal(Array(JSON.array([.string(path), widening]).text.utf8))
  }
}

// MARK: - What a person has said

extension SettingsDesk {
  /// Trusts exactly that content of a project's file, as long as this process lives, and with `keep` beyond that.
  ///
  /// - Throws: ``Failure/Reason/failed`` when it was to be kept and cannot be; it is trusted all the same.
  package func trust(_ pending: ConfigGet.Pending, keep: Bool) async throws(Failure) {
    let one = KeptAnswers.Trusted(path: pending.path, hash: pending.hash)
    state.withLock { _ = $0.trusted.insert(one) }
    if keep { try await keeper.keep { $0.trust(one.path, one.hash) } }
  }

  /// Never asks again for that content, as long as this process lives.
  package func refuse(_ pending: ConfigGet.Pending) { state.withLock { _ = $0.refused.insert(pending.hash) } }

  /// Whether the person never wants to trust that content.
  package func refused(_ pending: ConfigGet.Pending) -> Bool { state.withLock { $0.refused.contains(pending.hash) } }

  /// Keeps rules of a folder.
  ///
  /// - Throws: ``Failure/Reason/failed`` when they cannot be kept.
  package func keep(_ rules: RuleSet, of folder: String) async throws(Failure) {
    try await keeper.keep { $0.add(rules, of: FolderPath(folder)?.description ?? folder) }
  }

  /// Keeps what was said of a project's MCP server.
  ///
  /// - Throws: ``Failure/Reason/failed`` when it cannot be kept.
  package func keep(server fingerprint: String, _ mayStart: Bool) async throws(Failure) {
    try await keeper.keep { $0.answer(fingerprint, mayStart) }
  }
}

extension RuleSet {
  /// The same rules of a file in a folder above a session's: what they name begins there.
  fileprivate func placed(in root: FolderPath, of workspace: FolderPath) -> RuleSet {
    guard root != workspace else { return self }
    func placed(_ rule: PermissionRule) -> PermissionRule {
      guard case .path = rule.scope, let open = rule.text.firstIndex(of: "(") else { return rule }
      let inner = rule.text[rule.text.index(after: open)...].dropLast()
      guard !["/", "~", "$", "file:"].contains(where: { inner.hasPrefix($0) }) else { return rule }
      return (try? PermissionRule("\(rule.text[..<open])(\(ClaudeRule.text(of: root))/\(inner))")) ?? rule
    }
    return (try? RuleSet(allow: allow.map(placed), ask: ask.map(placed), deny: deny.map(placed))) ?? self
  }
}
