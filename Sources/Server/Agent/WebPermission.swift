internal import Protocol
internal import Providers

/// Whether a model's service may look at the web for a session: decided before the tool is offered, as nobody is asked about
/// what is done where the model is.
enum WebPermission {
  /// The tools that a session wants, and what their definitions would be.
  private static func wanted(_ options: SessionOptions) -> [(name: WebTools.Name, tool: JSON)] {
    let all: [(WebTools.Name, WebToolOptions?)] = [(.search, options.webSearch), (.fetch, options.webFetch)]
    return all.compactMap { name, options in
      options.flatMap { WebTools.definition(name, $0) }.map { (name, $0) }
    }
  }

  /// The definitions of those that are permitted.
  static func definitions(of session: Session) -> [JSON] {
    let permitted = session.webTools
    return wanted(session.options).compactMap { permitted[$0.name.rawValue]?.isPermitted == true ? $0.tool : nil }
  }

  /// Decides on those that a run's session wants, and asks where that is to be asked.
  static func settle(_ run: Run, engine: Engine) async {
    let session = run.session
    guard session.info.provider != .bedrock else { return }
    let wanted = wanted(session.options)
    for (name, tool) in wanted {
      let title = name == .search ? "Search the web, by the model's service" : "Fetch pages, by the model's service"
      let call = GatedCall(
        info: ToolCallInfo(toolCallId: name.rawValue, name: name.rawValue, title: title, input: tool),
        subject: PermissionSubject(tool: name.rawValue, actions: [.lookAtWeb]),
        workspace: session.options.cwd ?? engine.place.folder ?? "/", preview: { nil })
      let answered = session.webTools[name.rawValue]?.answer
      let (isPermitted, answer) = await engine.desk.permits(call, of: run, answered: answered)
      session.webTools[name.rawValue] = (isPermitted, answer)
    }
  }
}
