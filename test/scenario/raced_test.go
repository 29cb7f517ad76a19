package scenario_test

import (
	"flag"
	"maps"
	"testing"
)

// The race detector makes a story four times as long. So make test tells all stories without
// it, and with it those in which most happens side by side. make race tells all with it.
var everyStory = flag.Bool("every-story", false, "tell all stories with the race detector, too")

// sideBySide names stories that are told with the race detector, beside those whose ending
// depends on the version, and who works at the same time there.
var sideBySide = map[string]string{
	"TestBlackHoleHoldsUpNobodyElse":            "looks at servers that never answer, and all others",
	"TestDeletedInMidMove":                      "a run, and who deletes its objects",
	"TestEveryGoroutinePanics":                  "every goroutine, and what contains it",
	"TestKitBringsAFarmFromNothingToFailover":   "both ways in",
	"TestMachinesAreSetUpOneByOne":              "steps on several machines",
	"TestMindIsChangedWhileReplicationIsStuck":  "a run, and the newer wish that ends it",
	"TestOldPoolCannotBeReadAndServes":          "accounts, and what remembers that they were refused",
	"TestPoolDiesBetweenTwoZones":               "zones",
	"TestPublishDiesWithItsServer":              "management servers",
	"TestSomebodyPublishesMeanwhile":            "a run, and a person",
	"TestTakenAwayInMidMove":                    "a run, and who takes its objects away",
	"TestTwoNamespacesFight":                    "routes of one organization",
	"TestTwoRoutesShareASite":                   "routes of one site",
	"TestZoneFallsSilentWhileTheTTLIsWaitedOut": "zones, and who waits for them",
	"TestOldPoolServesUntilPartnersHaveLeft":    "a run, and its pause",
}

// withTheRaceDetector names the stories that are told with it.
func withTheRaceDetector() map[string]string {
	stories := maps.Clone(dependOnVersion)
	maps.Copy(stories, sideBySide)
	return stories
}

// TestStoriesForTheRaceDetectorExist: a story that was renamed would no longer be told so.
func TestStoriesForTheRaceDetectorExist(t *testing.T) {
	sampleFarm(t, "one-site-two-pools")
	exist(t, sideBySide)
}
