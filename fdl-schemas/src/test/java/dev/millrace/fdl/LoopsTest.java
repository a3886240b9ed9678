package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopsTest {
  private static FunctionSpec function(String name, String in, String out) {
    return Fdl.only(
        Fdl.read(
            "functions: {millrace: [{name: %s, image: a, input: [{path: %s}], output: [{path: %s}]}]}"
                .formatted(name, in, out)));
  }

  @Test
  void aFunctionThatWritesIntoItsOwnInputIsALoop() {
    FdlResult result =
        Fdl.read(
            "functions:\n  millrace:\n"
                + "  - {name: f, image: a, input: [{path: box}], output: [{path: box/out}]}\n"
                + "  - {name: g, image: a, input: [{path: two}], output: [{path: three}]}\n");

    assertThat(result.functions()).singleElement().extracting(f -> f.name().value()).isEqualTo("g");
    assertThat(Fdl.texts(result))
        .containsExactly(
            "fn.yaml:3:5: error: functions.millrace[0]: endless loop:"
                + " f -> millrace.default:box/out/ -> f");
  }

  @Test
  void aLoopThroughOthersNamesItsChainAndRefusesAllOfIt() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              millrace:
              - {name: a, image: i, input: [{path: one}], output: [{path: two/x}]}
              - {name: b, image: i, input: [{path: two}], output: [{path: three/y}]}
              - {name: c, image: i, input: [{path: three/y}], output: [{path: one/deep/er}]}
              - {name: d, image: i, input: [{path: three}], output: [{path: four}]}
            """);

    assertThat(result.functions()).extracting(f -> f.name().value()).containsExactly("d");
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .endsWith(
            "endless loop: a -> millrace.default:two/x/ -> b -> millrace.default:three/y/ -> c"
                + " -> millrace.default:one/deep/er/ -> a");
  }

  @Test
  void aChainWithoutAWayBackIsNoLoop() {
    Loops loops =
        Loops.among(
            List.of(
                function("a", "box/in", "box/mid"),
                function("b", "box/mid", "box/out"),
                function("c", "box/input", "box/in")));

    assertThat(loops.isEmpty()).isTrue();
  }

  @Test
  void twoLoopsAreBothFound() {
    List<Loop> loops =
        Loops.among(
                List.of(
                    function("a", "one", "two"),
                    function("b", "two", "one"),
                    function("c", "three", "four"),
                    function("d", "four", "three")))
            .named();

    assertThat(loops).extracting(loop -> loop.steps().size()).containsExactly(2, 2);
    assertThat(loops.getFirst().holds(function("b", "xxx", "yyy").name())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // folder, prefix, suffix of the output; of the input; whether a key can pass both
    "'','','','','','',true",
    "out,'','','','','',true",
    "'','','',in,'','',true",
    "in,'','',in,'','',true",
    "inner,'','',in,'','',false",
    "in/x,'','',in,'','',true",
    "in,'','',in/x,'','',true",
    "'',i,'',in,'','',true",
    "'',o,'',in,'','',false",
    "in,'',.txt,in,'',.jpg,false",
    "in,'',.tar.gz,in,'',.gz,true",
    "in,'',.gz,in,'',.tar.gz,true",
    "in,res,'',in,q,'',false",
    "in,res,'',in,r,'',true",
  })
  void anOutputLandsInAnInputWhenSomeKeyPassesBoth(
      String of, String op, String os, String xf, String xp, String xs, boolean lands) {
    OutputRule out = new OutputRule(StoreId.EMBEDDED, "b", of, texts(op), texts(os));
    InputRule in = new InputRule(StoreId.EMBEDDED, "b", xf, texts(xp), texts(xs));

    assertThat(Loops.canLand(out, in)).isEqualTo(lands);
  }

  @Test
  void anotherStoreIsAnotherPlace() {
    FdlResult result =
        Fdl.read(
            "functions: {millrace: [{name: f, image: a, input: [{path: box}],"
                + " output: [{path: box, storage_provider: s3}]}]}");

    assertThat(result.functions()).hasSize(1);
  }

  @Test
  void thousandsOfFunctionsAreSearchedSoon() {
    List<FunctionSpec> chain = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      chain.add(
          LoopGraph.function(
              i,
              List.of(LoopGraph.in("bucket" + i)),
              List.of(LoopGraph.out("bucket" + (i + 1) % 3_000))));
    }

    assertThat(Loops.among(chain).named())
        .singleElement()
        .extracting(l -> l.steps().size())
        .isEqualTo(3_000);
  }

  @Test
  void aLongChainIsToldByItsEnds() {
    List<FunctionSpec> chain = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      chain.add(
          LoopGraph.function(
              i,
              List.of(LoopGraph.in("bucket" + i)),
              List.of(LoopGraph.out("bucket" + (i + 1) % 30))));
    }

    assertThat(Loops.among(chain).named().getFirst().chain())
        .startsWith("f0 -> millrace.default:bucket1/ -> f1 -> ")
        .contains("-> f9 -> millrace.default:bucket10/ -> ... 10 more functions ... -> f20 -> ")
        .endsWith("f29 -> millrace.default:bucket0/ -> f0");
  }

  private static List<String> texts(String text) {
    return text.isEmpty() ? List.of() : List.of(text);
  }
}
