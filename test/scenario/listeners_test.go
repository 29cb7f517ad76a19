package scenario_test

import (
	"flag"
	"testing"
)

// Nobody has said in public whether an Edge pool whose 5061 box is on listens before a site's
// route names it. In the world that every run tells it does not; make worlds tells the other
// one.
var listenersIgnoreRoute = flag.Bool("listeners-ignore-route", false, "an Edge pool listens on port 5061 as soon as it is set up for it, whatever the routes say")

// dependOnListeners names the stories that move federation in a way of their own, and what
// depends on the listeners there. A run of the other world tells these and no others. make
// worlds STORIES=. tells all.
var dependOnListeners = map[string]string{
	"TestAPersonTicksTheBoxes":               "what a person ticked may listen at once",
	"TestApprovedMoveGoesBackUnasked":        "the port of the new pool is asked before and after the routes",
	"TestFirstMachineIsPublishedAlone":       "which machine answers before its route is there",
	"TestMachinesAreSetUpOneByOne":           "what is restarted after the routes moved",
	"TestEdgePoolDies":                       "the new pool listens before its route",
	"TestMoveGoesBackWhenNoAddressAnswers":   "the port of the new pool is asked before and after the routes",
	"TestMachineComesBack":                   "what shows that a machine is set up",
	"TestOneOfThreeMachinesIsDead":           "whose ports answer",
	"TestPoolWithADeadMachineTakesOver":      "which ports of the new pool answer before its route",
	"TestOldPoolServesUntilPartnersHaveLeft": "both pools listen while the old one drains",
	"TestOneLineMovesFederation":             "the whole move, on each sample",
	"TestPreparationFails":                   "the pool may listen and not be moved to",
	"TestPreparedPoolIsNotSetUpAgain":        "what shows that a pool is set up",
	"TestRollbackDoesNotWaitForSetup":        "the old pool listens when federation comes back",
	"TestTTLIsLoweredFirst":                  "the prepared pool may listen while the move waits",
	"TestTargetsCertificateLacksTheName":     "nothing is begun on a pool that may listen already",
	"TestSetupEndsHalfWay":                   "what shows that setup has ended",
}

// TestStoriesOfTheOtherWorldExist: a story that was renamed would no longer be told there.
func TestStoriesOfTheOtherWorldExist(t *testing.T) {
	sampleFarm(t, "one-site-two-pools")
	exist(t, dependOnListeners)
}

// exist checks that there are the stories that a table names.
func exist(t *testing.T, stories map[string]string) {
	t.Helper()
	functions := sources(t)
	for story := range stories {
		if functions[story] == nil {
			t.Errorf("there is no story %s", story)
		}
	}
}
