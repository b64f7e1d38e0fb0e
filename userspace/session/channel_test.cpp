// SPDX-License-Identifier: BSD-2-Clause
#include "session/channel.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>

#include "testing/matchers.hpp"
#include "testing/temp_dir.hpp"

namespace session {
namespace {

class Channels : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = Channel::make();
    ASSERT_THAT(made, libjail::testing::IsOk());
    near = std::move(made->first);
    far = std::move(made->second);
  }

  /// The message that must be there; an empty one with the failure noted where it is not.
  Message next() {
    auto message = near.receive();
    EXPECT_TRUE(message.has_value());
    return std::move(message).value_or(Message{.kind = {}, .text = "none", .descriptors = {}});
  }

  Channel near{libjail::UniqueFd()};
  Channel far{libjail::UniqueFd()};
};

TEST_F(Channels, messages_keep_their_order_and_bounds) {
  far.send(Message::Kind::kStep, "one");
  far.send(Message::Kind::kError, "");
  EXPECT_EQ(next().text, "one");
  const auto second = next();
  EXPECT_EQ(second.kind, Message::Kind::kError);
  EXPECT_EQ(second.text, "");
  EXPECT_FALSE(near.receive());
  EXPECT_TRUE(near) << "nothing yet is not the end";
}

TEST_F(Channels, end) {
  far.send(Message::Kind::kStep, "last");
  far.close();
  EXPECT_TRUE(near.receive());
  EXPECT_FALSE(near.receive());
  EXPECT_FALSE(near);
  EXPECT_FALSE(near.receive());
}

TEST_F(Channels, last_message_comes_before_the_end) {
  constexpr int kRounds = 2000;
  int lost = 0;
  for (int round = 0; round < kRounds; ++round) {
    SetUp();
    std::thread peer([this] {
      far.send(Message::Kind::kStep, "last");
      far.close();
    });
    std::optional<Message> message;
    while (near && !message) {
      message = near.receive();
      std::this_thread::yield();
    }
    peer.join();
    if (!message) ++lost;
  }
  EXPECT_EQ(lost, 0);
}

TEST_F(Channels, descriptors_arrive_close_on_exec) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  far.send(Message::Kind::kEntered, "", {pipe.data(), 1});
  ::close(pipe[0]);
  const auto message = next();
  ASSERT_EQ(message.descriptors.size(), 1U);
  const int fd = message.descriptors[0].get();
  EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::write(pipe[1], "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(fd, &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  ::close(pipe[1]);
}

TEST_F(Channels, long_text_is_cut) {
  far.send(Message::Kind::kError, std::string(100000, 'x'));
  EXPECT_EQ(next().text, std::string(4096, 'x'));
}

TEST_F(Channels, peer_that_is_gone_does_no_harm) {
  near.close();
  far.send(Message::Kind::kError, "nobody listens");
}

}  // namespace
}  // namespace session
