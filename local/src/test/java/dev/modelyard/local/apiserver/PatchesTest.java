package dev.modelyard.local.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class PatchesTest {
  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static ObjectNode patch(String current, String type, String patch) throws Exception {
    return Patches.patch(json(current), type, patch.replace('\'', '"'));
  }

  @Test
  void mergePatchReplacesListsAndRemovesNulls() throws Exception {
    assertThat(patch("{'a':{'b':1,'c':2},'l':[1,2]}", Patches.MERGE, "{'a':{'b':null},'l':[3]}"))
        .isEqualTo(json("{'a':{'c':2},'l':[3]}"));
  }

  @Test
  void strategicPatchMergesListsByKey() throws Exception {
    assertThat(
            patch(
                "{'containers':[{'name':'a','image':'1','env':[{'name':'X','value':'1'}]}]}",
                Patches.STRATEGIC,
                "{'containers':[{'name':'a','image':'2','$setElementOrder/env':[{'name':'X'}],"
                    + "'env':[{'name':'Y','value':'2'}]},{'name':'b'}]}"))
        .isEqualTo(
            json(
                "{'containers':[{'name':'a','image':'2','env':[{'name':'X','value':'1'},"
                    + "{'name':'Y','value':'2'}]},{'name':'b'}]}"));
    assertThat(
            patch(
                "{'env':[{'name':'X'},{'name':'Y'}]}",
                Patches.STRATEGIC,
                "{'env':[{'name':'X','$patch':'delete'}]}"))
        .isEqualTo(json("{'env':[{'name':'Y'}]}"));
  }

  @Test
  void jsonPatchAppliesOperations() throws Exception {
    assertThat(patch("{'a':1}", Patches.JSON, "[{'op':'replace','path':'/a','value':2}]"))
        .isEqualTo(json("{'a':2}"));
  }

  @Test
  void applyRemovesWhatTheManagerDropped() throws Exception {
    ObjectNode first =
        Patches.apply(
            json("{'metadata':{'name':'d'}}"),
            json(
                "{'apiVersion':'v1','metadata':{'name':'d','labels':{'a':'1','b':'1'}},"
                    + "'spec':{'n':1,'env':[{'name':'X','value':'1'},{'name':'Y','value':'1'}]}}"),
            "m",
            "");
    ObjectNode second =
        Patches.apply(
            first,
            json(
                "{'apiVersion':'v1','metadata':{'name':'d','labels':{'a':'1'}},"
                    + "'spec':{'env':[{'name':'Y','value':'2'}]}}"),
            "m",
            "");
    assertThat(second.path("metadata").path("labels")).isEqualTo(json("{'a':'1'}"));
    assertThat(second.path("spec")).isEqualTo(json("{'env':[{'name':'Y','value':'2'}]}"));
    assertThat(second.at("/metadata/managedFields/0/fieldsV1/f:spec/f:env"))
        .isEqualTo(
            json(
                "{'k:{\\'name\\':\\'Y\\'}':{'.':{},'f:name':{},'f:value':{}}}"
                    .replace("\\'", "\\\"")));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> patch("{}", "text/plain", "{}"))
        .isInstanceOfSatisfying(ApiError.class, e -> assertThat(e.code()).isEqualTo(415));
    assertThatThrownBy(() -> patch("{}", Patches.MERGE, "[1]"))
        .isInstanceOfSatisfying(ApiError.class, e -> assertThat(e.code()).isEqualTo(400));
  }

  @Test
  void selectorsReadSetsAndEqualities() throws Exception {
    ObjectNode object = json("{'metadata':{'name':'o','labels':{'app':'a','tier':'x'}}}");
    assertThat(Selectors.labels("app=a,tier in (x, y)").test(object)).isTrue();
    assertThat(Selectors.labels("app!=a").test(object)).isFalse();
    assertThat(Selectors.labels("tier notin (x)").test(object)).isFalse();
    assertThat(Selectors.labels("app,!other").test(object)).isTrue();
    assertThat(Selectors.fields("metadata.name=o").test(object)).isTrue();
    assertThat(Selectors.fields("metadata.name!=o").test(object)).isFalse();
  }
}
