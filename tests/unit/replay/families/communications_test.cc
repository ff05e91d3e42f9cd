#include "replay/families/communications.h"

#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Communications : public DeliveryWorld {
 protected:
  EventId send(std::uint32_t recipients, std::uint32_t delivered,
               std::string_view basis = "consent") {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initBroadcastSent();
      b.setChannel("sms");
      b.setAudience("all");
      b.setRecipients(recipients);
      b.setDelivered(delivered);
      b.setConsentBasis(std::string(basis));
    });
  }
};

TEST_F(Communications, a_broadcast_counts_what_was_delivered) {
  const EventId sent = send(5'000, 4'980);
  EXPECT_ACCEPTED(sent);
  EXPECT_EQ(first_row(sent).quantity, 4'980);
  EXPECT_EQ(text(first_row(sent).attr), "sms");
  retract(sent);
  EXPECT_EQ(quantity(of_type(schema::Event::Body::BROADCAST_SENT)), 0);
  EXPECT_TRUE(log.state().communications.broadcasts.empty());
}

TEST_F(Communications, more_delivered_than_sent_and_a_missing_basis_are_flagged) {
  EXPECT_FLAGGED_FOR(send(10, 11), delivered_exceeds_recipients);
  EXPECT_FLAGGED_FOR(send(10, 10, ""), consent_basis_missing);
  EXPECT_FLAGGED_FOR(send(0, 0), nobody_served);
}

}  // namespace
}  // namespace houniao::testing
