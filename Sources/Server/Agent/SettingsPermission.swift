package import Protocol

/// Files of settings where a session works: looked at when it is to be known what holds, and what a project's would widen
/// asked about before it does.
package enum SettingsPermission {
  /// Looks at the files, where they may have changed.
  package static func look(at session: Session, engine: Engine) async {
    guard let settings = engine.settings, let folder = session.options.cwd ?? engine.place.folder else { return }
    let found = try? await engine.threads.run { _ throws(ToolError) in
      settings.look(in: folder) { session.settings.trusts($0) == true }
    }
    if let found { session.settings.use(found) }
  }

  /// Tells what is wrong with the files, once in a session, and asks the person for what a project's would widen.
  static func settle(_ run: Run, engine: Engine) async {
    // Who delegates has settled it already.
    guard run.delegation == nil else { return }
    let session = run.session
    for notice in session.settings.untold(session.settings.inForce.notices) { run.tell(notice) }
    guard let desk = engine.settings, let folder = session.options.cwd ?? engine.place.folder else { return }
    var isMore = false
    for pending in session.settings.inForce.pending where session.settings.trusts(pending.hash) == nil {
      guard engine.desk.canAsk, engine.desk.mode(of: session) != .readOnly else {
        let notice = "\(pending.path) would set \(shown(pending)); that does nothing until you trust it (config/trust)"
        for notice in session.settings.untold([notice]) { run.tell(notice) }
        continue
      }
      guard desk.refused(pending) == false else { continue }
      let (permits, kind, keeps) = await engine.desk.asks(
        question(pending, in: folder), of: run, ifEdited: "what \(pending.path) says is trusted as it is, or not at all"
      )
      guard let kind else { continue }
      session.settings.trust(pending.hash, permits)
      isMore = isMore || permits
      guard kind.isAlways else { continue }
      guard permits else {
        desk.refuse(pending)
        continue
      }
      do throws(Failure) { try await desk.trust(pending, keep: keeps) } catch { run.tell(error.message) }
    }
    if isMore { await look(at: session, engine: engine) }
  }

  private static func question(_ pending: ConfigGet.Pending, in folder: String) -> GatedCall {
    let what = shown(pending)
    return GatedCall(
      info: ToolCallInfo(
        toolCallId: "settings:\(pending.hash)", name: "settings", title: "Trust \(pending.path): \(what)",
        input: pending.widens),
      subject: PermissionSubject(tool: "settings", actions: [.trustSettings(what: what, file: pending.path)]),
      workspace: folder, preview: { nil })
  }

  /// The members that would widen something, by name.
  private static func shown(_ pending: ConfigGet.Pending) -> String {
    (pending.widens.object?.map(\.key) ?? []).joined(separator: ", ")
  }
}

// MARK: - Handlers

extension SettingsPermission {
  /// Answers `config/get` for a session, or for a folder in which one would begin.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for a folder that is no path.
  package static func report(
    _ request: ConfigGet, of session: Session?, engine: Engine
  ) async throws(Failure) -> ConfigGet.Response {
    let (desk, found) = try await look(request.cwd, session, engine)
    var before = desk.said
    if let session {
      let info = session.info
      var own = Settings()
      (own.fallbackModel, own.effort) = (session.options.fallbackModel, session.options.effort)
      own.model = session.options.model == nil ? nil : info.model
      own.provider = session.options.provider
      own.mode = session.options.permissionMode
      own.offeredTools = session.options.tools
      own.rules = session.permissionRules
      before.insert(SettingsLayer(.session, own), at: 0)
    }
    var after = Settings()
    (after.model, after.provider, after.mode, after.keepAnswers) = (ServerLimits.model, .anthropic, .ask, false)
    return ConfigGet.Response(
      settings: found.values(before: before, after: after), files: found.files, pending: found.pending,
      notices: found.notices)
  }

  /// Answers `config/trust`.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` where the file does not say that, ``Failure/Reason/failed`` when it was to be
  ///   kept and cannot be.
  package static func trust(
    _ request: ConfigTrust, of session: Session?, engine: Engine
  ) async throws(Failure) -> ConfigTrust.Response {
    let (desk, found) = try await look(request.cwd, session, engine)
    guard let pending = found.pending.first(where: { $0.path == request.path && $0.hash == request.hash }) else {
      throw .invalidParams(
        "nothing of that hash waits in '\(request.path)': it was trusted, or the file says something else by now; "
          + "config/get tells what it says")
    }
    try await desk.trust(pending, keep: request.keep == true)
    if let session { await look(at: session, engine: engine) }
    return ConfigTrust.Response(kept: request.keep == true)
  }

  private static func look(
    _ cwd: String?, _ session: Session?, _ engine: Engine
  ) async throws(Failure) -> (SettingsDesk, SettingsInForce) {
    guard let desk = engine.settings, let folder = session?.options.cwd ?? cwd ?? engine.place.folder else {
      throw .folderGone
    }
    guard folder.hasPrefix("/") else { throw .invalidParams("cwd must be absolute; it is '\(folder)'") }
    do throws(ToolError) {
      let found = try await engine.threads.run { _ throws(ToolError) in
        desk.look(in: folder) { session?.settings.trusts($0) == true }
      }
      return (desk, found)
    } catch {
      throw .failed(error.message, FailureData(kind: .overloaded, retryable: true))
    }
  }
}
