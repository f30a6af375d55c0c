import CryoEM
import Glibc
import Testing

@testable import Refinement

struct FilterBankTests {
  private func bank(
    _ filter: RefinementSettings.NonuniformSettings.Filter, order: Int = 8, from floor: Double = 5,
    to limit: Double = 40
  ) -> FilterBank {
    var settings = RefinementSettings.NonuniformSettings()
    (settings.filter, settings.order) = (filter, order)
    return FilterBank(from: floor, to: limit, step: 1.15, settings: settings)
  }

  @Test func cutOffsAreGeometric() {
    let cutOffs = bank(.butterworth).cutOffs
    #expect(abs(cutOffs[0] - 5) < 1e-9 && cutOffs.last == 40)
    let ratios = zip(cutOffs.dropFirst(), cutOffs).map { $0 / $1 }
    #expect(ratios.allSatisfy { abs($0 - ratios[0]) < 1e-9 && $0 <= 1.15 })
    #expect(bank(.butterworth).cutOff(at: 2) - cutOffs[2] < 1e-9)
    // Nothing to choose from.
    #expect(bank(.butterworth, from: 40, to: 12).cutOffs == [12])
  }

  /// |H|² = 1 / (1 + (s/c)^2n).
  @Test(arguments: [1, 2, 8, 32])
  func butterworthHasItsOrder(order: Int) {
    let bank = bank(.butterworth, order: order)
    let cutOff = bank.cutOffs[3]
    #expect(abs(bank.gain(of: 3, shell: cutOff) - 0.5.squareRoot()) < 1e-12)
    // Far beyond, a factor of two in frequency takes 2^order in amplitude.
    let fall = bank.gain(of: 3, shell: 4 * cutOff) / bank.gain(of: 3, shell: 8 * cutOff)
    #expect(abs(log2(fall) - Double(order)) < 0.05)
    #expect(bank.gain(of: bank.count - 1, shell: 100) == 1)
  }

  @Test func theOthersCutWhereTheySay() {
    let gauss = bank(.gaussian)
    let cutOff = gauss.cutOffs[3]
    #expect(abs(gauss.gain(of: 3, shell: cutOff) - 0.5.squareRoot()) < 1e-12)
    #expect(abs(gauss.gain(of: 3, shell: 2 * cutOff) - 0.25) < 1e-12)
    let edge = bank(.rectangular)
    #expect(edge.gain(of: 3, shell: 0.999 * edge.cutOffs[3]) == 1)
    #expect(edge.gain(of: 3, shell: 1.001 * edge.cutOffs[3]) == 0)
  }
}
