package import OperatingSystem
internal import Protocol
internal import Providers

/// Finds out what a prompt would do and why, by what answers prompts: nothing is sent and nothing is run, unless
/// credentials are to be proved.
package struct Doctor: Sendable {
  private let options: Options
  private let backend: Backend
  private let reach: ServiceReach
  private let environment: ProcessEnvironment

  /// A look at that backend, made of those options and variables, which reaches services so.
  package init(options: Options, backend: Backend, reach: ServiceReach, environment: ProcessEnvironment) {
    (self.options, self.backend, self.reach, self.environment) = (options, backend, reach, environment)
  }

  /// Looks at everything.
  package func report() async -> DoctorReport {
    var report = DoctorReport()
    let answers = await answering(&report)
    let work = await working(&report)
    let settings = await settings(&report)
    if DescriptorLimit.most < CommandLineLimits.fewDescriptors {
      report.notices.append(
        "this process may have no more than \(DescriptorLimit.most) files open; raise the limit (ulimit -n)")
    }
    report.sections = [
      DoctorReport.Section("Who answers", answers), DoctorReport.Section("Where it works", work),
      DoctorReport.Section("Settings", settings), DoctorReport.Section("Options given", options.given.map(fact)),
      DoctorReport.Section("Variables that are set", variables),
      DoctorReport.Section("Limits", Self.limits),
    ]
    // A key that was put where something else belongs is one all the same.
    let misplaced = KnownVariable.all.compactMap { environment[$0.name] } + options.given.compactMap(\.shown)
    let mask = reach.mask.adding(misplaced.filter(SecretShape.matches).map(Secret.init))
    return report.shown { mask.masked(VisibleText.unsteering($0)) }
  }

  // MARK: Who answers

  private func answering(_ report: inout DoctorReport) async -> [DoctorReport.Fact] {
    var facts = [DoctorReport.Fact("provider", reach.provider.rawValue, why: reach.whyProvider)]
    facts += await credentials(&report)
    facts += await model(&report)
    facts.append(DoctorReport.Fact("address", reach.address ?? "none", why: reach.whyAddress))
    facts.append(DoctorReport.Fact("proxy", reach.proxy ?? "none", why: reach.whyProxy))
    facts += reach.trusted
    report.problems += reach.problems
    return facts
  }

  private func credentials(_ report: inout DoctorReport) async -> [DoctorReport.Fact] {
    let isProved = options.verify && options.replay == nil
    let status =
      isProved
      ? await backend.auth.status(AuthStatus(provider: reach.provider, verify: true))
      : backend.auth.known(reach.provider)
    guard let known = status.providers.first(where: { $0.id == reach.provider }) else { return [] }
    let why =
      switch known.state {
      case .none where isProved || known.id == .anthropic: "looked for everywhere"
      case .none: "looked for in variables and files; doctor --verify asks the machine, too"
      case .configured where options.replay != nil: "a recording answers, and wants none"
      case .configured: isProved ? "could not be proved" : "not tried; doctor --verify tries them by one call"
      case .verified: "proved by one call"
      case .expired, .denied: known.state.rawValue
      }
    var facts = [DoctorReport.Fact("credentials", known.source ?? "none", why: why)]
    if let account = known.account { facts.append(DoctorReport.Fact("account", account)) }
    if let end = known.expiresAt {
      facts.append(DoctorReport.Fact("credentials end", Timestamp.text(milliseconds: end)))
    }
    if let region = known.region ?? reach.region {
      facts.append(DoctorReport.Fact("region", region, why: reach.whyRegion))
    }
    if !status.authenticated {
      let message = status.message ?? known.error ?? "there are no credentials"
      report.problems.append(DoctorReport.Problem(message, todo: Self.todo(known, isProved: isProved)))
    }
    return facts
  }

  private static func todo(_ known: ProviderStatus, isProved: Bool) -> String? {
    switch known.state {
    case .none where known.id == .bedrock && !isProved:
      "on a machine of AWS's with a role, wyn360 doctor --verify asks for that; elsewhere set up the AWS command line"
    case .none: nil
    case .expired: "sign in again, or set new credentials"
    case .denied: "correct what \(known.source ?? "the setting") says, or set another"
    case .configured: isProved ? "see whether the address, the proxy and the certificates below are right" : nil
    case .verified: nil
    }
  }

  private func model(_ report: inout DoctorReport) async -> [DoctorReport.Fact] {
    let defaults = backend.sessions.defaults
    guard let provider = backend.engine.providers[reach.provider] else { return [] }
    do throws(ProviderError) {
      let choice = try provider.choice(of: defaults.model, isDefault: !defaults.isModelChosen)
      if let notice = choice.notice { report.notices.append(notice) }
      let window = choice.window(onBedrock: reach.provider == .bedrock).map { "\($0.context) tokens of window; " } ?? ""
      return [DoctorReport.Fact("model", "\(defaults.model), asked as \(choice.id)", why: window + reach.whyModel)]
    } catch {
      report.problems.append(DoctorReport.Problem(error.message, todo: error.hint))
      return [DoctorReport.Fact("model", defaults.model, why: reach.whyModel)]
    }
  }

  // MARK: Where it works

  private func working(_ report: inout DoctorReport) async -> [DoctorReport.Fact] {
    let (place, engine) = (backend.engine.place, backend.engine)
    var facts = [
      DoctorReport.Fact("folder", place.folder ?? "gone", why: options.folder == nil ? "the current one" : "--cwd"),
      DoctorReport.Fact("shell", CommandShell.usual.path),
    ]
    guard place.folder != nil else {
      report.problems.append(
        DoctorReport.Problem("the current folder is gone", todo: "go to a folder that is there, or name one with --cwd")
      )
      return facts
    }
    do throws(Failure) {
      let session = try backend.sessions.makeSession(SessionOptions())
      let setup = try await RunSetup.look(at: session, wanted: options.tools, engine: engine)
      report.notices += setup.notices
      let files = setup.instructions.files
      facts.append(
        DoctorReport.Fact("instructions", files.isEmpty ? "none" : files.map(\.path).joined(separator: ", ")))
      facts.append(DoctorReport.Fact("permissions", engine.desk.line(of: session)))
      facts.append(sandbox(of: session, &report))
      facts.append(
        DoctorReport.Fact("tools", "\(setup.offered.count)", why: setup.offered.sorted().joined(separator: ", ")))
      for server in await MCPPermission.infos(of: session, engine: engine) {
        facts.append(Self.fact(server, canAsk: engine.desk.canAsk))
      }
      report.notices += engine.servers.session(session.id)?.takeNotices() ?? []
    } catch {
      report.problems.append(DoctorReport.Problem(error.message, todo: error.details?.hint))
    }
    return facts
  }

  private func sandbox(of session: Session, _ report: inout DoctorReport) -> DoctorReport.Fact {
    let sandbox = backend.engine.sandbox
    if let reason = sandbox.refusal {
      report.problems.append(
        DoctorReport.Problem("commands cannot be confined: \(reason)", todo: SandboxDesk.withoutIt))
    }
    let gaps = sandbox.kernel.gaps
    let open = gaps.isEmpty ? "" : "; on this kernel it leaves open \(gaps.joined(separator: ", "))"
    let works = "Landlock \(sandbox.kernel.version) and seccomp see to it\(open)"
    let why =
      switch (sandbox.mode, sandbox.kernel.problem) {
      case (.off, nil): "--sandbox would work: \(works)"
      case (.off, let problem?): "--sandbox would not work: \(problem)"
      case (_, let problem?): problem
      case (_, nil): bounds(of: session).map { "files are changed only in \($0); \(works)" } ?? works
      }
    return DoctorReport.Fact("sandbox", sandbox.mode.rawValue, why: why)
  }

  private func bounds(of session: Session) -> String? {
    let folders = [backend.engine.place.folder].compactMap(\.self)
    guard case .to(let sandbox) = backend.engine.sandbox.confinement(session.options.sandbox, folders: folders) else {
      return nil
    }
    return sandbox.folders.joined(separator: ", ")
  }

  private static func fact(_ server: MCPServerInfo, canAsk: Bool) -> DoctorReport.Fact {
    let way = server.command?.joined(separator: " ") ?? server.url ?? server.transport
    let why =
      switch server.state {
      case .needsApproval where canAsk: "you are asked before it is started"
      case .needsApproval: "off, as nobody can be asked here; at a terminal you are asked"
      case .off, .failed, .needsAuth: server.error ?? server.state.rawValue
      case .starting, .ready: server.state.rawValue
      }
    let file = server.file.map { ", of \($0)" } ?? ""
    return DoctorReport.Fact("MCP server", "\(server.name): \(way)", why: why + file)
  }

  // MARK: Settings

  private func settings(_ report: inout DoctorReport) async -> [DoctorReport.Fact] {
    guard let found = try? await SettingsPermission.report(ConfigGet(), of: nil, engine: backend.engine) else {
      return []
    }
    report.notices += found.notices
    for pending in found.pending {
      let names = (pending.widens.object?.map(\.key) ?? []).joined(separator: ", ")
      report.notices.append("\(pending.path) would set \(names); that does nothing until you trust it")
    }
    let values = found.settings.filter { $0.source != .default }
    return found.files.map(fact)
      + values.map { DoctorReport.Fact($0.name, $0.value.string ?? $0.value.text, why: $0.path ?? $0.by) }
      + day(&report)
  }

  /// What the day's budget has left; when it is used up no prompt is answered.
  private func day(_ report: inout DoctorReport) -> [DoctorReport.Fact] {
    guard let folder = backend.engine.place.folder, let found = backend.engine.settings?.known(in: folder),
      let bound = found.perDay
    else { return [] }
    let path = found.layers.first { $0.settings.perDay == bound }?.path
    let spent = backend.engine.day.picodollars
    let shown = spent.map(Picodollars.text) ?? "an amount that is not known"
    if spent.map({ $0 >= bound }) ?? true {
      report.problems.append(
        DoctorReport.Problem(
          "the day's budget of \(Picodollars.text(bound)) is used up: \(shown) was spent",
          todo: "raise budgets.perDay\(path.map { " in \($0)" } ?? ""), or wait for the next day (UTC)"))
    }
    return [DoctorReport.Fact("spent today", "\(shown) of \(Picodollars.text(bound))", why: "UTC")]
  }

  private func fact(_ file: ConfigGet.File) -> DoctorReport.Fact {
    DoctorReport.Fact(
      "file", file.path, why: file.isUsed ? "used" : file.problem.map { "not used: \($0)" } ?? "not there")
  }

  // MARK: What was said

  private func fact(_ option: Options.Given) -> DoctorReport.Fact {
    let variable = OptionTable.named(option.name)?.variable.flatMap { environment[$0] == nil ? nil : $0 }
    return DoctorReport.Fact(option.name, option.shown ?? "given", why: variable.map { "goes before \($0)" })
  }

  /// The variables that count and are set, with what may be shown of them.
  private var variables: [DoctorReport.Fact] {
    KnownVariable.all.compactMap { variable in
      guard let value = environment[variable.name] else { return nil }
      let shown =
        switch variable.privacy {
        case .secret: SecretMask.mark
        case .address: ServiceReach.withoutSecrets(value)
        case .shown: value
        }
      return DoctorReport.Fact(variable.name, shown)
    }
  }

  private static var limits: [DoctorReport.Fact] {
    [
      DoctorReport.Fact("file descriptors", "\(DescriptorLimit.most)", why: "ulimit -n"),
      DoctorReport.Fact("turns of a run", "\(ServerLimits.maxTurns)", why: "--max-turns sets another"),
    ]
  }
}
