/// The next steps that Bedrock's errors lead to, in words for a person.
enum BedrockHints {
  /// The page of the console where models are enabled.
  static func console(_ region: String) -> String {
    let host =
      Partition.of(region: region) == .usGov ? "console.amazonaws-us-gov.com" : "console.aws.amazon.com"
    return "https://\(host)/bedrock/home?region=\(region)#/modelaccess"
  }

  /// How to renew credentials that have ended.
  static func renew(_ question: BedrockQuestion) -> String {
    if question.usesBearer { return "renew the key in AWS_BEARER_TOKEN_BEDROCK" }
    let login = profile(in: question.source).map { "aws sso login --profile \($0)" } ?? "aws sso login"
    switch question.source {
    case "environment": return "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; they have ended"
    case let source?: return "renew the credentials (\(source)): with SSO, run: \(login)"
    case nil: return "renew the credentials: with SSO, run: \(login)"
    }
  }

  /// What to check when AWS knows neither key nor token.
  static func unknown(_ question: BedrockQuestion) -> String {
    if question.usesBearer { return "check AWS_BEARER_TOKEN_BEDROCK" }
    let source = question.source.map { " (\($0))" } ?? ""
    return "check the access key\(source): key, secret and AWS_SESSION_TOKEN must belong together and still exist"
  }

  /// What a policy has to allow: an inference profile is of no use without the models that it leads to.
  ///
  /// The server's `message` names the action that was refused.
  static func policy(_ question: BedrockQuestion, message: String) -> String {
    let refused = message.firstRange(of: "not authorized to perform: ").map { place in
      String(message[place.upperBound...].prefix { !$0.isWhitespace })
    }
    let usual = "bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream"
    let actions = refused.flatMap { usual.contains($0) || !$0.hasPrefix("bedrock:") ? nil : "\($0), \(usual)" } ?? usual
    let arn = "arn:\(Partition.of(region: question.region).id):bedrock"
    return
      "allow \(actions) in an IAM policy, on both \(arn):*::foundation-model/* and \(arn):*:*:inference-profile/*"
  }

  /// What to do about a policy that no IAM policy of one's own can overrule; `nil` where the server's words, in lower case,
  /// name none.
  ///
  /// AWS writes "because no VPC endpoint policy allows" or "with an explicit deny in a VPC endpoint policy" (IAM User Guide,
  /// "Troubleshoot access denied error messages").
  static func refusingPolicy(_ message: String) -> String? {
    let owners = [
      ("vpc endpoint policy", "whoever manages the VPC endpoint for bedrock-runtime has to allow it in that policy"),
      ("service control policy", "whoever manages the AWS organization has to allow it"),
      ("resource control policy", "whoever manages the AWS organization has to allow it"),
      ("permissions boundary", "whoever manages the account has to allow it in that boundary of the role or user"),
      ("session policy", "whatever issues the credentials has to allow it in the policy of the session"),
    ]
    guard let (policy, step) = owners.first(where: { message.contains($0.0) }) else { return nil }
    let way = message.contains("explicit deny") ? "forbids it (an explicit deny)" : "does not allow it"
    return "a \(policy.replacing("vpc", with: "VPC")) \(way), which no IAM policy of your own overrules: \(step)"
  }

  /// How to name a model that is only served through inference profiles.
  static func profile(_ question: BedrockQuestion) -> String {
    guard let model = question.model, !model.hasPrefix("arn:") else { return "name an inference profile of the model" }
    let geographies =
      (try? Region(question.region)).map { Geography.preferred(in: $0, modelVersion: ModelName(model).version) } ?? []
    let examples = (geographies.isEmpty ? [.global] : geographies).map(\.rawValue)
    return "name an inference profile that contains the model, such as "
      + examples.map { "\($0).\(model)" }.joined(separator: " or ")
  }

  /// The name of the profile that credentials came from.
  private static func profile(in source: String?) -> String? {
    guard let source, source.hasPrefix("profile ") else { return nil }
    let name = source.dropFirst("profile ".count)
    let end = name.firstRange(of: " (")?.lowerBound ?? name.endIndex
    return name[..<end].isEmpty ? nil : String(name[..<end])
  }
}
