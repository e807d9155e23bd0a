import Protocol
import Providers
import Server
import Testing

@Suite struct `A budget` {
  private let rates = Budget.Rates(input: 3_000_000, cacheRead: 300_000, output: 15_000_000)

  private func call(_ prompt: Int, cached: Int = 0, maxTokens: Int = 1_000) -> Budget.NextCall {
    Budget.NextCall(prompt: prompt, cached: cached, maxTokens: maxTokens, model: "m", rates: rates)
  }

  private func spent(picodollars: Int? = 0, tokens: Int = 0, wallMs: Int = 0) -> Budget.Spent {
    var spent = Budget.Spent()
    (spent.picodollars, spent.tokens, spent.wallMs) = (picodollars, tokens, wallMs)
    return spent
  }

  private func isStopped(_ verdict: Budget.Verdict, saying word: String) -> Bool {
    if case .stop(let message) = verdict { message.contains(word) } else { false }
  }

  @Test(arguments: [
    ("0.1", 100_000_000_000), ("1", 1_000_000_000_000), ("1.0", 1_000_000_000_000), ("1e-12", 1), ("1.9e-12", 1),
    ("9e-13", 0), ("0.000000000001", 1), ("0.0000000000019", 1), ("5E2", 500_000_000_000_000), ("0", 0), ("-0.0", 0),
    ("0e99999999999999999999", 0), ("9223372.036854775807", Int.max), ("9223372.036854775808", Int.max),
    ("1e300", Int.max), ("1e99999999999999999999", Int.max), ("1e-99999999999999999999", 0),
    ("12.50", 12_500_000_000_000),
    ("0.00000000000000000000000000000000000001e38", 1_000_000_000_000),
    ("100000000000000000000e-20", 1_000_000_000_000),
  ]) func `counts dollars exactly`(literal: String, picodollars: Int) throws {
    guard case .number(let number) = try JSON.parse(literal) else { return #expect(Bool(false)) }
    #expect(Picodollars.parse(number) == picodollars)
  }

  @Test func `is no debt`() throws {
    for usd in ["-1", "-1e-15", "\"1\"", "true", "[]"] {
      #expect(throws: Failure.self) { try Budget(try JSON.parse(#"{"usd":\#(usd)}"#)) }
    }
    #expect(throws: Failure.self) { try Budget(["tokens": -1]) }
    #expect(throws: Failure.self) { try Budget(["wallMs": 1.5]) }
    #expect(throws: Failure.self) { try Budget("1") }
    #expect(
      try Budget(["usd": 0.25, "tokens": 100, "wallMs": .null])
        == Budget(picodollars: 250_000_000_000, tokens: 100, wallMs: nil))
  }

  @Test(arguments: [
    (0, "$0.00"), (1, "$0.000000000001"), (500_000_000_000, "$0.50"), (1_234_567_000_000, "$1.234567"),
    (12_000_000_000_000, "$12.00"), (-250_000_000_000, "-$0.25"),
  ]) func `is shown with all its digits`(picodollars: Int, text: String) {
    #expect(Picodollars.text(picodollars) == text)
    #expect(Picodollars.json(picodollars).text == text.filter { $0 != "$" })
  }

  @Test func `without limits stops nothing`() {
    let spent = spent(picodollars: nil, tokens: .max, wallMs: .max)
    #expect(Budget().verdict(spent: spent, next: call(1_000), scope: .run) == .go(maxTokens: 1_000))
  }

  @Test func `in tokens leaves the rest for the answer`() {
    let budget = Budget(tokens: 1_000)
    #expect(budget.verdict(spent: spent(tokens: 300), next: call(200), scope: .run) == .go(maxTokens: 500))
    #expect(budget.verdict(spent: spent(tokens: 799), next: call(200), scope: .run) == .go(maxTokens: 1))
    #expect(isStopped(budget.verdict(spent: spent(tokens: 800), next: call(200), scope: .run), saying: "1000 tokens"))
    #expect(isStopped(budget.verdict(spent: spent(tokens: .max), next: call(.max), scope: .session), saying: "session"))
  }

  @Test func `in dollars counts what the call costs at least`() {
    // A prompt of 1,000 tokens costs 3,000,000,000 picodollars, an answer of 100 half of that.
    let budget = Budget(picodollars: 4_500_000_000)
    #expect(budget.verdict(spent: spent(), next: call(1_000), scope: .run) == .go(maxTokens: 100))
    #expect(budget.verdict(spent: spent(), next: call(1_000, maxTokens: 50), scope: .run) == .go(maxTokens: 50))
    let almost = spent(picodollars: 1_485_000_000)
    #expect(budget.verdict(spent: almost, next: call(1_000), scope: .run) == .go(maxTokens: 1))
    let over = spent(picodollars: 1_485_000_001)
    #expect(isStopped(budget.verdict(spent: over, next: call(1_000), scope: .run), saying: "$0.0045 does not last"))
    // What the last call left in the cache is read at a tenth.
    #expect(budget.verdict(spent: over, next: call(1_000, cached: 1_000), scope: .run) == .go(maxTokens: 180 + 0))
    #expect(isStopped(Budget(picodollars: 0).verdict(spent: spent(), next: call(0), scope: .run), saying: "$0.00"))
    let huge = call(.max)
    #expect(isStopped(budget.verdict(spent: spent(), next: huge, scope: .run), saying: "does not last"))
  }

  @Test func `of nothing lets nothing through, even for nothing`() {
    var free = call(10)
    free.rates = Budget.Rates(input: 0, cacheRead: nil, output: 0)
    #expect(isStopped(Budget(picodollars: 0).verdict(spent: spent(), next: free, scope: .run), saying: "$0.00"))
    #expect(Budget(picodollars: 1).verdict(spent: spent(), next: free, scope: .run) == .go(maxTokens: 1_000))
  }

  @Test func `in dollars is refused where no price is known, before anything is spent`() throws {
    let budget = Budget(picodollars: 1)
    #expect(try #require(budget.obstacle(model: "new-one", rates: nil, scope: .run)).contains("'new-one'"))
    #expect(budget.obstacle(model: "m", rates: rates, scope: .run) == nil)
    #expect(Budget(tokens: 1).obstacle(model: "m", rates: nil, scope: .run) == nil)
    var next = call(1)
    next.rates = nil
    #expect(isStopped(budget.verdict(spent: spent(), next: next, scope: .session), saying: "not known"))
    #expect(isStopped(budget.verdict(spent: spent(picodollars: nil), next: call(0), scope: .run), saying: "so far"))
  }

  @Test func `in time ends when it is over`() {
    let budget = Budget(wallMs: 100)
    #expect(budget.verdict(spent: spent(wallMs: 99), next: call(1), scope: .run) == .go(maxTokens: 1_000))
    #expect(isStopped(budget.verdict(spent: spent(wallMs: 100), next: call(1), scope: .run), saying: "100 ms"))
  }

  @Test func `adds up calls, and never forgets one without a price`() {
    var usage = Usage()
    (usage.input, usage.output, usage.cacheRead) = (1, 2, 4)
    var spent = Budget.Spent()
    spent.add(usage, picodollars: 5)
    spent.add(usage, picodollars: 6)
    #expect(spent.tokens == 14 && spent.picodollars == 11)
    spent.add(usage, picodollars: nil)
    spent.add(usage, picodollars: 1)
    #expect(spent.tokens == 28 && spent.picodollars == nil)
  }
}
