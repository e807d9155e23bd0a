import Foundation
import Providers
import Testing

@Suite struct CompactDateTests {
  @Test(arguments: [
    (0, "19700101T000000Z"), (1_440_938_160_999, "20150830T123600Z"), (951_868_799_000, "20000229T235959Z"),
    (4_107_542_400_000, "21000301T000000Z"), (-1, "19700101T000000Z"), (.min, "19700101T000000Z"),
    (253_402_300_799_000, "99991231T235959Z"), (.max, "99991231T235959Z"),
  ])
  func `a moment as signatures have it`(milliseconds: Int, text: String) {
    #expect(CompactDate.text(milliseconds) == text)
  }

  @Test func `every day of four centuries is the calendar's`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for day in stride(from: 0, to: 146_097, by: 1) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let number = ((parts.year ?? 0) * 100 + (parts.month ?? 0)) * 100 + (parts.day ?? 0)
      #expect(CompactDate.text(day * 86_400_000) == "\(number)T000000Z")
    }
  }
}
