internal import Protocol

/// `update_plan`: tells people what the model means to do and how far it is.
struct UpdatePlan: Tool {
  private struct Input: Decodable {
    var steps: [PlanStep]
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "update_plan",
      description: """
        Shows the person your plan: all its steps, each with its status. Use it for work of three steps or more, give \
        the whole list each time, keep one step in progress, and mark steps completed as soon as they are.
        """,
      inputSchema: Self.schema(
        [
          "steps": [
            "type": "array", "maxItems": .number(JSONNumber(ToolLimits.planStepsMax)),
            "items": Self.schema(
              [
                "content": ["type": "string", "minLength": 1, "description": "What is to be done."],
                "status": ["type": "string", "enum": ["pending", "in_progress", "completed"]],
                "priority": ["type": "string", "enum": ["high", "medium", "low"]],
              ], required: ["content", "status"]),
          ]
        ], required: ["steps"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    return ToolPlan(title: "Update the plan", effects: []) { _, _ throws(ToolError) in
      let done = input.steps.count { $0.status == .completed }
      var outcome = ToolOutcome(text: "The plan is shown: \(done) of \(input.steps.count) steps completed.")
      outcome.steps = input.steps
      return outcome
    }
  }
}
