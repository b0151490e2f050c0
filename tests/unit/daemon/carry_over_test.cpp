// SPDX-License-Identifier: Apache-2.0
#include "daemon/carry_over.h"

#include <gmock/gmock.h>

namespace porterd::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::Location at(const std::string& path) {
  config::Location where;
  where.file = std::make_shared<config::SourceFile>(config::SourceFile{path, {}});
  return where;
}

config::Config with_services(const std::vector<std::pair<std::string, std::string>>& ids_and_paths) {
  config::Config result;
  for (const auto& [id, path] : ids_and_paths) {
    config::Service service;
    service.service = service.id = id;
    service.where = at(path);
    result.services.push_back(std::move(service));
  }
  return result;
}

std::vector<std::string> ids(const config::Config& config) {
  std::vector<std::string> result;
  for (const auto& service : config.services) result.push_back(service.id);
  return result;
}

class CarryOver : public testing::Test {
 protected:
  config::Config before_ = with_services({{"finger", "/e/conf.d/finger.yaml"}, {"date", "/e/conf.d/date.yaml"}});
  config::Loaded loaded_;
  void carry() { carry_over(before_, "/e/porterd.yaml", loaded_); }
};

TEST_F(CarryOver, ServiceWhoseFileHasBecomeBadGoesOn) {
  loaded_.diagnostics.add(config::Severity::error, at("/e/conf.d/finger.yaml"), "bad");
  carry();
  EXPECT_THAT(ids(loaded_.config), ElementsAre("finger"));
}

TEST_F(CarryOver, ServiceWhoseFileHasGoneIsGone) {
  carry();
  EXPECT_THAT(ids(loaded_.config), IsEmpty());
}

TEST_F(CarryOver, ServiceThatIsReadWellIsAsItIsNow) {
  loaded_.config = with_services({{"finger", "/e/conf.d/other.yaml"}});
  loaded_.diagnostics.add(config::Severity::error, at("/e/conf.d/finger.yaml"), "bad");
  carry();
  ASSERT_THAT(ids(loaded_.config), ElementsAre("finger"));
  EXPECT_EQ(loaded_.config.services[0].where.file->path, "/e/conf.d/other.yaml");
}

TEST_F(CarryOver, BadDropInKeepsTheServiceItIsFor) {
  loaded_.diagnostics.add(config::Severity::error, at("/e/conf.d/date.d/10-my.yaml"), "bad");
  carry();
  EXPECT_THAT(ids(loaded_.config), ElementsAre("date"));
}

TEST_F(CarryOver, BadMainFileKeepsAll) {
  loaded_.diagnostics.add(config::Severity::error, at("/e/porterd.yaml"), "bad");
  carry();
  EXPECT_THAT(ids(loaded_.config), ElementsAre("finger", "date"));
}

TEST_F(CarryOver, BadEntryOfAFileKeepsItsServiceAlone) {
  before_ = with_services({{"finger", "/etc/inetd.conf"}, {"date", "/etc/inetd.conf"}});
  for (auto& service : before_.services) {
    service.where.file = std::make_shared<config::SourceFile>(config::SourceFile{"/etc/inetd.conf", {}, true});
    service.where.line = 7;
  }
  loaded_.diagnostics.add(config::Severity::error, before_.services[1].where, "bad");
  loaded_.bad_entries = {"date", "time"};
  carry();
  EXPECT_THAT(ids(loaded_.config), ElementsAre("date"));
}

TEST_F(CarryOver, WarningsKeepNothing) {
  loaded_.diagnostics.add(config::Severity::warning, at("/e/porterd.yaml"), "odd");
  carry();
  EXPECT_THAT(ids(loaded_.config), IsEmpty());
}

}  // namespace
}  // namespace porterd::daemon
