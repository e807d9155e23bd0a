internal import Protocol

/// What an error says in JSON, in whichever of their forms services and gateways write theirs.
///
/// They are those of the Messages API, of LiteLLM (`error` with a `code`), Kong and API Gateway (`message`), Azure API
/// Management (`statusCode`), Cloudflare (`errors`), FastAPI (`detail`), OAuth (`error_description`), Apigee (`fault`)
/// and of problem details (RFC 9457).
struct ErrorForm: Sendable {
  /// The server's own words; `nil` when there are none.
  let message: String?
  /// Its word for the kind of failure.
  let type: String?
  /// The HTTP status that it stands for, by its number or its word; `nil` when it names none.
  let status: Int?

  /// Reads an error; `nil` when nothing in it is known.
  init?(_ json: JSON) {
    // Some wrap what is one error in a list of one.
    let json = json.array?.first ?? json
    let inner = json["error"] ?? json["Error"] ?? json["errors"]?.array?.first ?? json["fault"]
    let places = [inner, json].compactMap(\.self)
    message = inner?.string == nil ? Self.words(inner) ?? Self.words(json) : Self.words(json)
    let members = [inner?["type"], inner?["code"], json["code"], json["__type"], json["Code"], inner?["status"]]
    // Where there are other words, the one text of `error` is a name.
    let name = message == inner?.string ? nil : inner?.string
    let words = (members.map { $0?.string } + [name]).compactMap(\.self)
    type = words.first { $0.utf8.contains(where: Byte.isLetter) && !Self.empty.contains($0.lowercased()) }
    let numbers = places.lazy.flatMap { place in
      ["status_code", "statusCode", "http_status", "code", "status"].lazy.compactMap { Self.status(place[$0]) }
    }
    status = numbers.first ?? words.lazy.compactMap(ErrorWord.status).first
    if message == nil, type == nil, status == nil { return nil }
  }

  /// What gateways write where they know no type.
  private static let empty: Set = ["none", "null", "error", "unknown"]

  /// The members that hold words for a person, the best first.
  private static let members = [
    "message", "Message", "errorMessage", "originalMessage", "error_description", "detail", "msg", "faultstring",
    "title",
  ]

  private static func words(_ json: JSON?) -> String? {
    guard let json else { return nil }
    if let text = json.string { return text.isEmpty ? nil : text }
    for member in members {
      let value = json[member]
      if let text = value?.string ?? value?.array?.first?["msg"]?.string, !text.isEmpty { return text }
    }
    return json["error"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func status(_ json: JSON?) -> Int? {
    guard let number = json?.int ?? json?.string.flatMap({ Int($0) }), 400..<600 ~= number else { return nil }
    return number
  }
}

/// The words by which services name kinds of failures, whatever their spelling.
///
/// `api_error`, `InternalServerException`, `internal_server_error` and `litellm.InternalServerError` are one kind.
enum ErrorWord {
  /// The status that a word stands for; `nil` for a word that is not known.
  static func status(_ word: String) -> Int? {
    let last = word.split(separator: "#").last.map(String.init) ?? word
    let bare = last.split(separator: ".").last.map(String.init) ?? last
    var letters = bare.lowercased().filter { $0.isLetter }
    for ending in ["exception", "error"] where letters.hasSuffix(ending) && letters != ending {
      letters.removeLast(ending.count)
    }
    return statuses[letters]
  }

  private static let statuses = [
    "invalidrequest": 400, "badrequest": 400, "validation": 400, "contextlengthexceeded": 400,
    "contextwindowexceeded": 400, "invalidargument": 400,
    "authentication": 401, "unauthorized": 401, "unauthenticated": 401, "invalidapikey": 401,
    "billing": 402, "insufficientquota": 402, "paymentrequired": 402,
    "permission": 403, "permissiondenied": 403, "accessdenied": 403, "forbidden": 403,
    "notfound": 404, "modelnotfound": 404, "resourcenotfound": 404,
    "requesttimeout": 408, "conflict": 409, "requesttoolarge": 413, "payloadtoolarge": 413,
    "ratelimit": 429, "ratelimitexceeded": 429, "toomanyrequests": 429, "throttling": 429, "throttled": 429,
    "resourceexhausted": 429,
    "api": 500, "internal": 500, "internalserver": 500, "internalfailure": 500, "server": 500, "modelstream": 500,
    "badgateway": 502, "upstream": 502, "apiconnection": 502,
    "serviceunavailable": 503, "unavailable": 503, "temporarilyunavailable": 503, "modelnotready": 503,
    "timeout": 504, "gatewaytimeout": 504, "modeltimeout": 504, "deadlineexceeded": 504,
    "overloaded": 529,
  ]
}
