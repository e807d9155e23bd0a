internal import OperatingSystem
internal import Protocol
internal import Providers

/// `command_stop`: ends a command in the background.
struct StopCommand: Tool {
  private struct Input: Decodable {
    var command: Int
  }

  /// What commands run with.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "command_stop",
      description:
        "Ends a command in the background with all that it has started, and gives the rest of what it printed.",
      inputSchema: Self.schema(
        ["command": ["type": "integer", "description": "The command's number."]], required: ["command"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let settings = settings
    return ToolPlan(title: "Stop command \(input.command)", effects: []) { context throws(ToolError) in
      let command = try context.backgroundCommands.command(input.command)
      command.stop()
      await command.wait(until: nil, atMost: ToolLimits.backgroundStopMs, settings.time)
      return command.outcome(settings.mask, context.outputs, in: workspace.confinement)
    }
  }
}
